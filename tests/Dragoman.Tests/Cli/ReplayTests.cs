using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Cli;

/// <summary><c>dragoman replay</c> of what <c>serve --record</c> has written.</summary>
public sealed class ReplayTests
{
    private const string Request = """{"model":"qwen3:8b","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    [Fact(Timeout = 120_000)]
    public async Task A_recorded_request_is_sent_again_to_another_model_too()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("one")));
        var (folder, recording) = await RecordAsync(ollama);
        var again = await ProgramFolder.RunAsync(folder, "replay", recording);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("x-dragoman-model: ollama/qwen3:8b", again.Output);
        Assert.Matches(@"(?m)^ +[\d,]+\.\d ms  message_start \{", again.Output);
        Assert.Contains("end, 7 events, end_turn", again.Output);
        Assert.Equal(ollama.ChatRequests[0], ollama.ChatRequests[1]);
        var other = await ProgramFolder.RunAsync(folder, "replay", recording, "--to", "ollama/llama3.2:3b", "--json");
        using var json = JsonDocument.Parse(other.Output);
        Assert.Equal("ollama/llama3.2:3b", json.RootElement.GetProperty("headers").GetProperty("x-dragoman-model").GetString());
        Assert.Equal(("end_turn", 7), (json.RootElement.GetProperty("stopReason").GetString(), json.RootElement.GetProperty("events").GetArrayLength()));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_recorded_upstream_answers_as_it_did()
    {
        var calls = 0;
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = _ => ++calls == 1 ? new ChatReply().Text("as recorded") : new ChatReply().Text("something else") });
        var (folder, recording) = await RecordAsync(ollama);
        var replayed = await ProgramFolder.RunAsync(folder, "replay", recording, "--recorded", "--json");
        using var json = JsonDocument.Parse(replayed.Output);
        var text = string.Concat(json.RootElement.GetProperty("events").EnumerateArray().Where(step => step.GetProperty("event").GetString() == "content_block_delta")
            .Select(step => JsonDocument.Parse(step.GetProperty("data").GetString()!).RootElement.GetProperty("delta").GetProperty("text").GetString()));
        Assert.Equal("as recorded", text);
        Assert.Equal(1, calls);
        Assert.DoesNotContain("/api/chat", replayed.Errors);

        foreach (var answer in Directory.EnumerateFiles(recording, "upstream-*")) File.Delete(answer);
        var meta = Path.Combine(recording, "meta.json");
        await File.WriteAllTextAsync(meta, """{"path":"/v1/messages"}""", TestContext.Current.CancellationToken);
        Assert.Contains("not in the recording, asked for real: POST", (await ProgramFolder.RunAsync(folder, "replay", recording, "--recorded")).Errors);
        Assert.Equal(2, calls);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"path":5}""")]
    [InlineData("""{"path":"@elsewhere.example/v1/messages"}""")]
    [InlineData("""{"requestHeaders":{"user-agent":7}}""")]
    public async Task A_damaged_recording_is_named(string description)
    {
        var folder = ProgramFolder.With("{}");
        var meta = Path.Combine(folder, "meta.json");
        await File.WriteAllTextAsync(meta, description, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "client-request.json"), "{}", TestContext.Current.CancellationToken);
        var outcome = await ProgramFolder.RunAsync(folder, "replay", folder);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"{meta} is damaged, or none of Dragoman's: ", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refusal_and_a_path_that_is_no_recording_have_their_exit_codes()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => ChatReply.HttpError(500, """{"error":"broken"}""")));
        var (folder, recording) = await RecordAsync(ollama);
        var refused = await ProgramFolder.RunAsync(folder, "replay", recording);
        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Contains("broken", refused.Output);
        Assert.Contains(recording, (await ProgramFolder.RunAsync(folder, "replay", Path.GetDirectoryName(recording)!)).Errors);
        var nothing = await ProgramFolder.RunAsync(folder, "replay", "nothing");
        Assert.Equal((2, ""), (nothing.ExitCode, nothing.Output));
    }

    private static async Task<(string Folder, string Recording)> RecordAsync(SimulatedOllama ollama)
    {
        var section = $$"""{"url":"{{ollama.Url}}"}""";
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": {{section}} } }""");
        var directory = Path.Combine(folder, "records");
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true };
        options.Providers["ollama"] = JsonDocument.Parse(section).RootElement;
        await using (var app = ServeCommand.Build(options, TextWriter.Null, ServeCommand.RecordingInto(directory)))
        {
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            using var response = await client.PostAsync("/v1/messages", new StringContent(Request, Encoding.UTF8, "application/json"));
            await response.Content.ReadAsStringAsync();
        }

        return (folder, Assert.Single(Directory.EnumerateDirectories(directory)));
    }
}
