using System.CommandLine;
using System.Net;
using System.Text.Json;
using Dragoman.Providers;

namespace Dragoman.Cli;

/// <summary><c>dragoman statusline</c>: one line for Claude Code's status line, which runs it after each answer with JSON on its standard input.</summary>
internal static class StatusLineCommand
{
    // Claude Code shows nothing until the program has ended; a gateway on the machine answers in milliseconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Adds the command. Its exit code is always 0: a status line that fails shows nothing at all.</summary>
    public static void AddTo(RootCommand root)
    {
        var url = new Option<string?>("--url") { Description = "The gateway's address [ANTHROPIC_BASE_URL, http://127.0.0.1:3000]" };
        var command = new Command("statusline", "One line for Claude Code's status line: what really answers, how fast, how full, what it costs") { url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var address = parsed.GetValue(url) ?? Environment("ANTHROPIC_BASE_URL") ?? "http://127.0.0.1:3000";
            var client = Parse(await InputAsync(cancellationToken)) ?? default;
            var session = client.ValueKind == JsonValueKind.Object && client.TryGetProperty("session_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
            await Console.Out.WriteLineAsync(StatusLine.Of(client, session.Length > 0 ? await AskAsync(address, session, cancellationToken) : null));
            return 0;
        });
        root.Add(command);
    }

    // Run by hand there is none, or none that ends. The console reads on the thread that asks it, whatever its methods are called; the process ends all the same.
    private static async Task<string> InputAsync(CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected) return "";
        var reading = Task.Run(Console.In.ReadToEnd, cancellationToken);
        return await Task.WhenAny(reading, Task.Delay(Limit, cancellationToken)) == reading ? await reading : "";
    }

    // Null: there is no gateway, or it doesn't know the session.
    private static async Task<JsonElement?> AskAsync(string address, string session, CancellationToken cancellationToken)
    {
        using var http = new UpstreamHttp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{address.TrimEnd('/')}/dragoman/sessions/{Uri.EscapeDataString(session)}");
            if ((Environment("ANTHROPIC_AUTH_TOKEN") ?? Environment("ANTHROPIC_API_KEY")) is { } key) request.Headers.TryAddWithoutValidation("x-api-key", key);
            using var response = await http.SendAsync(request, limit.Token);
            return response.StatusCode == HttpStatusCode.OK ? Parse(await response.Content.ReadAsStringAsync(limit.Token)) : null;
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or UriFormatException or InvalidOperationException or OperationCanceledException)
        {
            // The line says what Claude Code says, then.
            return null;
        }
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Run by hand, without anything on its input.
            return null;
        }
    }

    private static string? Environment(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
