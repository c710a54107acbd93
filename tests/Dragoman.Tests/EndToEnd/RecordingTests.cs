using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.EndToEnd;

/// <summary>What <c>serve --record</c> leaves behind.</summary>
public sealed class RecordingTests
{
    private const string Request = """{"model":"qwen3:8b","max_tokens":50,"stream":true,"mcp_servers":[{"type":"url","url":"http://x","name":"m","authorization_token":"mcp-secret"}],"messages":[{"role":"user","content":"hello, my key is client-secret-1"}]}""";

    [Fact(Timeout = 60_000)]
    public async Task An_exchange_is_a_folder_with_the_bytes_of_both_sides()
    {
        var (folders, seen) = await RecordAsync(OllamaScenario.Always(() => new ChatReply().Text("one two")), Request);
        var folder = Assert.Single(folders);
        Assert.Equal(seen, Text(folder, "client-answer.sse"));
        using var meta = JsonDocument.Parse(Text(folder, "meta.json"));
        Assert.Equal(("POST", "/v1/messages?beta=true", 200, "ollama/qwen3:8b", "end_turn"), (
            meta.RootElement.GetProperty("method").GetString(), meta.RootElement.GetProperty("path").GetString(), meta.RootElement.GetProperty("status").GetInt32(),
            meta.RootElement.GetProperty("target").GetString(), meta.RootElement.GetProperty("stopReason").GetString()));
        var calls = meta.RootElement.GetProperty("upstream").EnumerateArray().ToList();
        var chat = calls.Single(call => call.GetProperty("address").GetString()!.EndsWith("/api/chat", StringComparison.Ordinal));
        Assert.Contains("hello, my key is ", Text(folder, chat.GetProperty("request").GetString()!));
        var answer = Text(folder, chat.GetProperty("answer").GetString()!);
        Assert.EndsWith(".ndjson", chat.GetProperty("answer").GetString());
        Assert.Equal(3, answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.True(chat.GetProperty("sentAfterMilliseconds").GetDouble() <= chat.GetProperty("lastByteAfterMilliseconds").GetDouble());
    }

    [Fact(Timeout = 60_000)]
    public async Task No_secret_is_written_wherever_it_stands()
    {
        // An upstream that quotes the key it was shown.
        var (folders, _) = await RecordAsync(OllamaScenario.Always(() => ChatReply.HttpError(401, """{"error":"wrong key: upstream-secret-2"}""")), Request);
        var folder = Assert.Single(folders);
        var all = string.Concat(Directory.EnumerateFiles(folder).Select(File.ReadAllText));
        Assert.DoesNotContain("client-secret-1", all);
        Assert.DoesNotContain("upstream-secret-2", all);
        Assert.DoesNotContain("mcp-secret", all);
        Assert.Contains("wrong key: (hidden)", all);
        Assert.Contains("\"x-api-key\": \"(hidden)\"", all);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_is_refused_is_recorded_with_the_reason()
    {
        var (folders, _) = await RecordAsync(OllamaScenario.Agent(), "{\"model\":");
        using var meta = JsonDocument.Parse(Text(Assert.Single(folders), "meta.json"));
        Assert.Equal(400, meta.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("{\"model\":", Text(folders[0], "client-request.json"));
        Assert.Contains("invalid_request_error", Text(folders[0], "client-answer.json"));
    }

    private static async Task<(IReadOnlyList<string> Folders, string Seen)> RecordAsync(OllamaScenario scenario, string request)
    {
        var directory = Path.Combine(Directory.CreateTempSubdirectory("dragoman-record-").FullName, "records");
        await using var ollama = await SimulatedOllama.StartAsync(scenario);
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true };
        options.Providers["ollama"] = JsonDocument.Parse($$"""{"url":"{{ollama.Url}}","apiKey":"upstream-secret-2"}""").RootElement;
        string seen;
        await using (var app = ServeCommand.Build(options, TextWriter.Null, ServeCommand.RecordingInto(directory)))
        {
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/messages?beta=true") { Content = new StringContent(request, Encoding.UTF8, "application/json") };
            message.Headers.Add("x-api-key", "client-secret-1");
            using var response = await client.SendAsync(message);
            seen = await response.Content.ReadAsStringAsync();
        }

        return ([.. Directory.EnumerateDirectories(directory)], seen);
    }

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));
}
