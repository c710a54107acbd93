using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Dragoman.Providers.Media;

/// <summary>
/// The text of a PDF, by the program <c>pdftotext</c> (poppler) where it is installed: reading PDFs is a library's job, and no fit one exists for .NET here.
/// The program gets the file on its standard input and nothing else.
/// </summary>
internal sealed class PdfText(string program)
{
    // The documents of a conversation come again with each of its turns.
    private const int MaxCachedTexts = 64;

    // A book is about 2 MB of text; more would not fit any context.
    private const int MaxCharacters = 4 << 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, string> _cache = new(StringComparer.Ordinal);

    /// <summary>Extracts the text, or says in half a sentence why not.</summary>
    public async ValueTask<(string? Text, string? Problem)> ExtractAsync(byte[] pdf, CancellationToken cancellationToken)
    {
        if (program.Length == 0) return (null, "this gateway is set to read no PDFs");
        var key = Convert.ToHexString(SHA256.HashData(pdf));
        if (_cache.TryGetValue(key, out var known)) return (known, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var (text, exitCode) = await RunAsync(pdf, limit.Token);
            if (exitCode != 0) return (null, $"{program} could not read it (exit code {exitCode})");
            if (string.IsNullOrWhiteSpace(text)) return (null, "it has no text, only images");
            if (_cache.Count >= MaxCachedTexts) _cache.Clear();
            _cache[key] = text;
            return (text, null);
        }
        catch (Win32Exception)
        {
            return (null, "the gateway needs the program pdftotext to read PDFs (install poppler-utils, or name it with `pdfToText` in dragoman.json)");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{program} did not finish within {Timeout.TotalSeconds:N0} s");
        }
    }

    private async Task<(string Text, int ExitCode)> RunAsync(byte[] pdf, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, ["-enc", "UTF-8", "-", "-"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.Start();
        try
        {
            var reading = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var complaints = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(process, pdf, cancellationToken);
            var text = await reading;
            await complaints;
            await process.WaitForExitAsync(cancellationToken);
            return (text.Length > MaxCharacters ? text[..MaxCharacters] : text, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task WriteAsync(Process process, byte[] pdf, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(pdf, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It gave up before it had read everything; its exit code says so.
        }
    }
}
