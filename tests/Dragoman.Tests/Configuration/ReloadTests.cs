using System.Text;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Configuration;

/// <summary>The configuration is exchanged while the gateway runs.</summary>
public sealed class ReloadTests
{
    private const int Streams = 100;

    [Fact(Timeout = 60_000)]
    public async Task A_hundred_running_streams_end_whole_although_their_provider_is_removed()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var old = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("first ").WaitFor(gate.Task).RepeatText("token ", 20).Text("last")));
        await using var other = await SimulatedOllama.StartAsync(OllamaScenario.Text("new"));
        using var folder = new ConfigFolder($$"""{ "providers": { "home": { "type": "ollama", "url": "{{old.Url}}", "concurrency": 0 } }, "models": { "*": "home/qwen3:8b" } }""");
        await using var gateway = await ReloadingGateway.StartAsync(folder);
        var running = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => OpenAsync(gateway)));
        Assert.Equal(Streams, old.OpenChats);

        folder.Replace($$"""{ "providers": { "away": { "type": "ollama", "url": "{{other.Url}}" } }, "models": { "*": "away/qwen3:8b" } }""");
        await gateway.UntilLoggedAsync("Configuration exchanged: providers: added away, removed home, away is the default one; models: changed *");
        Assert.Equal("away/qwen3:8b", await gateway.AnswererAsync("claude-opus-5-5"));
        Assert.Equal(Streams, old.OpenChats);

        gate.SetResult();
        foreach (var (reader, begun) in running)
        {
            using var stream = reader;
            var answer = begun + await stream.ReadToEndAsync();
            Assert.Contains("last", answer, StringComparison.Ordinal);
            Assert.Equal(20, answer.Split("token ").Length - 1);
            Assert.EndsWith("data: {\"type\":\"message_stop\"}\n\n", answer, StringComparison.Ordinal);
        }

        Assert.Equal(0, old.AbortedChats);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_file_is_explained_and_the_old_configuration_goes_on_until_it_is_right()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Text("hi"));
        var sections = $$""" "providers": { "ollama": { "url": "{{ollama.Url}}" } } """;
        using var folder = new ConfigFolder($$"""{ {{sections}}, "models": { "m": "qwen3:8b" } }""");
        await using var gateway = await ReloadingGateway.StartAsync(folder);
        folder.Write($$"""{ {{sections}}, "prot": 1, "key": "env:DRAGOMAN_TEST_NOT_SET", "models": { "m": "demo/demo" } }""");
        await gateway.UntilLoggedAsync("the environment variable DRAGOMAN_TEST_NOT_SET");
        Assert.Equal("ollama/qwen3:8b", await gateway.AnswererAsync("m"));
        Assert.Equal(
            [
                "!! The new configuration is not taken, the old one goes on (2 to correct):",
                "!! dragoman.json (line 1): prot: there is no such setting; did you mean 'port'?",
                "!! dragoman.json (line 1): key: the environment variable DRAGOMAN_TEST_NOT_SET is not set or empty",
            ],
            gateway.Log.Where(line => line.StartsWith("!!", StringComparison.Ordinal)));
        folder.Write("{ half");
        await gateway.UntilLoggedAsync("(1 to correct)");
        File.Delete(folder.File);
        await gateway.UntilLoggedAsync("(1 to correct)", times: 2);
        Assert.Equal("ollama/qwen3:8b", await gateway.AnswererAsync("m"));
        folder.Write($$"""{ {{sections}}, "models": { "m": "demo/demo" } }""");
        await gateway.UntilLoggedAsync("Configuration exchanged: models: changed m");
        Assert.Equal("demo/demo", await gateway.AnswererAsync("m"));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_command_line_comes_before_the_file_also_then_and_the_address_stays()
    {
        using var folder = new ConfigFolder("""{ "key": "of-the-file", "providers": { "demo": {} } }""");
        await using var gateway = await ReloadingGateway.StartAsync(folder, "--key", "of-the-line");
        folder.Write("""{ "key": "another", "host": "0.0.0.0", "pingIntervalSeconds": 5, "verbose": true, "providers": { "demo": {} } }""");
        await gateway.UntilLoggedAsync("Configuration exchanged: pingIntervalSeconds; verbose");
        Assert.Contains("! host and port can't change while the gateway runs: it goes on listening on 127.0.0.1 port 0; restart it for 0.0.0.0 port 0", gateway.Log);
        Assert.Equal("401 authentication_error", await gateway.AnswererAsync("m", "another"));
        Assert.Equal("demo/demo", await gateway.AnswererAsync("m", "of-the-line"));
        // Verbose from now on, although the log began otherwise.
        await gateway.UntilLoggedAsync(" messages, 0 tools, ");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_gateway_on_the_network_keeps_its_key()
    {
        using var folder = new ConfigFolder("""{ "key": "env:PATH", "host": "0.0.0.0", "providers": { "demo": {} } }""");
        await using var gateway = await ReloadingGateway.StartAsync(folder);
        folder.Write("""{ "providers": { "demo": {} } }""");
        await gateway.UntilLoggedAsync("listening on 0.0.0.0 would let everybody on the network use your models");
        Assert.NotNull(gateway.Live.Current.Options.Key);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_secret_file_that_changes_is_taken_and_a_literal_secret_is_noticed_once()
    {
        using var folder = new ConfigFolder("""{ "key": "file:gateway.key", "providers": { "demo": {} } }""");
        File.WriteAllText(folder.At("gateway.key"), "one\n");
        await using var gateway = await ReloadingGateway.StartAsync(folder);
        Assert.Equal("demo/demo", await gateway.AnswererAsync("m", "one"));
        File.WriteAllText(folder.At("gateway.key"), "two\n");
        await gateway.UntilLoggedAsync("Configuration exchanged: key");
        Assert.Equal("401 authentication_error", await gateway.AnswererAsync("m", "one"));
        Assert.Equal("demo/demo", await gateway.AnswererAsync("m", "two"));
        folder.Write("""{ "key": "three", "providers": { "demo": {} } }""");
        await gateway.UntilLoggedAsync("the secret stands in the file");
        folder.Write("""{ "key": "three", "verbose": true, "providers": { "demo": {} } }""");
        await gateway.UntilLoggedAsync("Configuration exchanged: verbose");
        Assert.Single(gateway.Log, line => line.Contains("the secret stands in the file", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Log, line => line.Contains("three", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_says_the_same_leaves_all_providers_as_they_are()
    {
        using var folder = new ConfigFolder("""{ "providers": { "demo": {} } }""");
        await using var gateway = await ReloadingGateway.StartAsync(folder);
        var before = gateway.Live.Current;
        folder.Write("""{ /* a comment */ "providers": { "demo": {} } }""");
        await gateway.UntilLoggedAsync("Configuration read again: nothing is different");
        Assert.Same(before.Providers["demo"], gateway.Live.Current.Providers["demo"]);
        gateway.Reload.Reload();
        await gateway.UntilLoggedAsync("nothing is different", times: 2);
    }

    private static async Task<(StreamReader Reader, string Begun)> OpenAsync(ReloadingGateway gateway)
    {
        var response = await gateway.AskAsync("claude-opus-5-5", stream: true);
        Assert.Equal("home/qwen3:8b", response.Headers.GetValues("x-dragoman-model").Single());
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        var begun = new StringBuilder();
        while (!begun.ToString().Contains("first", StringComparison.Ordinal)) begun.Append(await reader.ReadLineAsync()).Append('\n');
        return (reader, begun.ToString());
    }
}
