using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Tests.Providers;

/// <summary>
/// The case files beside a provider's tests. <c>DRAGOMAN_ACCEPT=1</c> rewrites the expectations with what the code makes now; what was written must then be read, as
/// a reviewer, before it is committed.
/// </summary>
internal sealed class CaseFolder(params string[] path)
{
    private readonly string _folder = Path.Combine([RepositoryRoot(), "tests", .. path]);

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Pretty = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>The cases of the Ollama provider.</summary>
    public static CaseFolder Ollama { get; } = new("Dragoman.Tests", "Providers", "Ollama", "Cases");

    /// <summary>The cases of requests to Gemini.</summary>
    public static CaseFolder GeminiRequests { get; } = new("Dragoman.Tests", "Providers", "Gemini", "Request", "Cases");

    /// <summary>The cases of requests to servers that speak OpenAI's API.</summary>
    public static CaseFolder OpenAiRequests { get; } = new("Dragoman.Tests", "Providers", "OpenAi", "Request", "Cases");

    /// <summary>Requests that Claude Code sent.</summary>
    public static CaseFolder ClaudeCode { get; } = new("Dragoman.ClientTests", "Recorded");

    /// <summary>Expectations are written instead of checked. A build server only ever checks.</summary>
    public static bool Accepts { get; } =
        Environment.GetEnvironmentVariable("DRAGOMAN_ACCEPT") == "1" && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>The names of all files.</summary>
    public IEnumerable<string> Files() => Directory.EnumerateFiles(_folder).Select(file => Path.GetFileName(file));

    /// <summary>The names of all cases (there is a request, a reply, or both), in order.</summary>
    public IEnumerable<string> Names() => Files()
        .Where(file => file.EndsWith(".request.json", StringComparison.Ordinal) || file.EndsWith(".reply.ndjson", StringComparison.Ordinal))
        .Select(file => file[..file.IndexOf('.', StringComparison.Ordinal)])
        .Where(name => name[0] != '_')
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    /// <summary>A file's bytes; null when the case has none.</summary>
    public byte[]? Read(string name, string suffix)
    {
        var file = Path.Combine(_folder, name + suffix);
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    /// <summary>What a case expects, as text; rewritten first when expectations are accepted. Empty text stands for no file.</summary>
    public string Expected(string name, string suffix, string actual)
    {
        var file = Path.Combine(_folder, name + suffix);
        if (Accepts)
        {
            if (actual.Length == 0) File.Delete(file);
            else File.WriteAllText(file, actual);
        }

        return File.Exists(file) ? File.ReadAllText(file) : "";
    }

    /// <summary>JSON for a reader: the same values in the same order.</summary>
    public static string Indent(ReadOnlySpan<byte> json) => Rewrite(json, Pretty) + "\n";

    /// <summary>JSON without a needless byte: the same values in the same order.</summary>
    public static string Squeeze(ReadOnlySpan<byte> json) => Rewrite(json, Compact);

    private static string Rewrite(ReadOnlySpan<byte> json, JsonWriterOptions options)
    {
        using var document = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = 256 });
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, options)) document.RootElement.WriteTo(writer);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = RepositoryRoot();

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests must run from inside the repository: the case files are read from there.");
    }
}
