using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dragoman.Discovery;
using Dragoman.Tests.Cli;
using Dragoman.Upstreams.Gemini;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.Tests.Discovery;

/// <summary>What is looked at and how it is recognised, against simulated servers. Not parallel: providers read keys from the process's environment.</summary>
[Collection(nameof(ServeOptionsTests))]
public sealed class DiscovererTests
{
    private static readonly Func<CancellationToken, Task<MachineMemory>> Roomy = static _ => Task.FromResult(new MachineMemory(64L << 30, GraphicsBytes: 0));

    // Nobody listens on the reserved port 9 (discard).
    private const string Nobody = "http://127.0.0.1:9";

    [Fact]
    public async Task An_Ollama_is_found_where_its_own_variable_says()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var found = await FindAsync(("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}"));
        var finding = Assert.Single(found.Findings);
        Assert.Equal(("ollama", true), (finding.Name, finding.IsUsable));
        Assert.NotEmpty(finding.Models);
        Assert.Equal(3, found.Tiers.Count);
        Assert.Equal($"127.0.0.1:{ollama.Url.Port}", finding.Section.GetProperty("url").GetString());
    }

    [Theory]
    [InlineData(ServerKind.LmStudio, "lmstudio")]
    [InlineData(ServerKind.LlamaCpp, "llamacpp")]
    [InlineData(ServerKind.Vllm, "vllm")]
    public async Task A_server_is_known_by_what_it_says_at_any_port(ServerKind kind, string name)
    {
        await using var server = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = kind, Key = null });
        var found = await FindAsync(("DRAGOMAN_SERVERS", server.Url.ToString()));
        var finding = Assert.Single(found.Findings);
        Assert.Equal((name, name, "openai"), (finding.Name, finding.Section.GetProperty("dialect").GetString(), finding.Section.GetProperty("type").GetString()));
        Assert.Equal($"{name}/simulated-model", found.Tiers[0].Target.ToString());
        Assert.Equal(200_000, found.Tiers[0].Model.MaxInputTokens);
    }

    [Fact]
    public async Task A_server_that_nobody_knows_is_used_all_the_same_and_two_of_a_kind_have_two_names()
    {
        await using var unknown = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Key = null });
        await using var first = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = ServerKind.Vllm, Key = null });
        await using var second = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = ServerKind.Vllm, Key = null });
        var found = await FindAsync(("DRAGOMAN_SERVERS", $"127.0.0.1:{unknown.Url.Port}, {first.Url}, {second.Url}"));
        Assert.Equal([$"local-{unknown.Url.Port}", "vllm", $"vllm-{second.Url.Port}"], found.Findings.Select(finding => finding.Name));
        Assert.False(found.Findings[0].Section.TryGetProperty("dialect", out _));
    }

    [Theory]
    [InlineData("vllm", 9999, "vllm")]
    [InlineData("sglang", 8000, "sglang")]
    [InlineData("", 8080, "localai")]
    [InlineData("llamacpp", 8080, "llamacpp")]
    [InlineData("somebody", 8080, null)]
    [InlineData("somebody", 8000, null)]
    [InlineData("somebody", 1234, "lmstudio")]
    [InlineData("menlo", 1337, "jan")]
    [InlineData("user", 1337, "jan")]
    [InlineData("user", 1234, "lmstudio")]
    [InlineData("user", 30000, null)]
    [InlineData("", 1337, "jan")]
    public void Each_program_has_its_sign(string owner, int port, string? name) => Assert.Equal(name, Sources.Recognize(owner, port)?.Name);

    // llama.cpp's list of models wants none, though everything else does.
    [Theory]
    [InlineData(ServerKind.LlamaCpp)]
    [InlineData(ServerKind.Vllm)]
    public async Task A_server_that_wants_a_key_is_named_with_the_reason(ServerKind kind)
    {
        await using var server = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = kind });
        var finding = Assert.Single((await FindAsync(("DRAGOMAN_SERVERS", server.Url.ToString()))).Findings);
        Assert.False(finding.IsUsable);
        Assert.Contains("wants a key", finding.Problem);
    }

    [Fact]
    public async Task A_key_in_the_environment_is_tried_and_stays_in_the_environment()
    {
        await using var gemini = await SimulatedGemini.StartAsync(GeminiScenario.Agent());
        var found = await FindAsync(("GEMINI_API_KEY", "AIza-simulated"), ("GOOGLE_GEMINI_BASE_URL", gemini.Url.ToString()));
        var finding = Assert.Single(found.Findings);
        Assert.Equal(("gemini", true, "env:GEMINI_API_KEY"), (finding.Name, finding.IsUsable, finding.Section.GetProperty("apiKey").GetString()));
        Assert.Equal(["opus", "sonnet", "haiku"], found.Tiers.Select(tier => tier.Name));
        Assert.All(found.Tiers, tier => Assert.StartsWith("gemini/gemini-", tier.Target.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("AIza", finding.Section.GetRawText());
    }

    [Fact]
    public async Task A_key_that_is_refused_is_named_with_the_reason_and_the_next_one_answers()
    {
        await using var openai = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Key = "sk-right" });
        await using var gemini = await SimulatedGemini.StartAsync(GeminiScenario.Agent());
        var found = await FindAsync(("OPENAI_API_KEY", "sk-simulated"), ("OPENAI_BASE_URL", openai.Url.ToString()), ("GOOGLE_API_KEY", "AIza-simulated"), ("GOOGLE_GEMINI_BASE_URL", gemini.Url.ToString()));
        Assert.Equal([("gemini", null), ("openai", "the key was refused")], found.Findings.Select(finding => (finding.Name, finding.Problem)));
        Assert.Equal("gemini", found.Default?.Name);
    }

    [Fact]
    public async Task Whoever_names_an_Ollama_that_is_not_there_is_told_so_and_else_nobody_is()
    {
        var told = await FindAsync(("OLLAMA_HOST", Nobody));
        Assert.Equal("not running", Assert.Single(told.Findings).Problem);
        Assert.Null(told.Default);
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_holds_nobody_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        var found = await FindAsync(("DRAGOMAN_SERVERS", address), ("OLLAMA_HOST", address), ("DRAGOMAN_DISCOVERY_SECONDS", "0.2"));
        Assert.Equal("no answer in time", Assert.Single(found.Findings).Problem);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_waited_for_when_nobody_else_answers()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)busy.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OLLAMA_HOST"] = Nobody, ["DRAGOMAN_SERVERS"] = address, ["DRAGOMAN_DISCOVERY_SECONDS"] = "1" };
        var clock = new HeldTimers();
        var finding = new Discoverer(new Surroundings(variables.GetValueOrDefault, GoogleCredentialsFile: null, Roomy), clock).FindAsync(TestContext.Current.CancellationToken);
        using var question = await busy.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        clock.End(TimeSpan.FromSeconds(1));
        await AnswerAsync(question);
        // Whatever else it is asked, as a server of its kind.
        using var next = await busy.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await AnswerAsync(next);
        Assert.Equal(["ollama", "vllm"], (await finding).Findings.Select(found => found.Name));

        static async Task AnswerAsync(TcpClient client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
            {
                // The head of the request, which has no body.
            }

            const string list = """{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm","max_model_len":65536}]}""";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {list.Length.ToString(CultureInfo.InvariantCulture)}\r\nConnection: close\r\n\r\n{list}"), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Later_searches_know_nothing_of_keys()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OPENAI_API_KEY"] = "sk", ["GOOGLE_CLOUD_PROJECT"] = "p", ["OLLAMA_HOST"] = Nobody };
        var later = new Surroundings(variables.GetValueOrDefault, "credentials.json", Roomy).WithoutServices();
        Assert.Equal((null, null, Nobody, null), (later.Variable("OPENAI_API_KEY"), later.Variable("GOOGLE_CLOUD_PROJECT"), later.Variable("OLLAMA_HOST"), later.GoogleCredentialsFile));
    }

    [Fact]
    public async Task Later_searches_ask_for_the_memory_once()
    {
        var asked = 0;
        var later = new Surroundings(_ => null, GoogleCredentialsFile: null, token =>
        {
            asked++;
            return Roomy(token);
        }).WithoutServices();
        Assert.Equal(await later.MemoryAsync(TestContext.Current.CancellationToken), await later.MemoryAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Discovery_can_be_switched_off()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        Assert.Empty((await FindAsync(("OLLAMA_HOST", ollama.Url.ToString()), ("DRAGOMAN_DISCOVERY_SECONDS", "0"))).Findings);
        await Assert.ThrowsAsync<ConfigException>(() => FindAsync(("DRAGOMAN_DISCOVERY_SECONDS", "soon")));
    }

    [Fact]
    public async Task Google_Cloud_needs_credentials_and_a_sign_that_they_are_meant()
    {
        var credentials = Path.Combine(Directory.CreateTempSubdirectory("dragoman-discovery-").FullName, "adc.json");
        await File.WriteAllTextAsync(credentials, "{}", TestContext.Current.CancellationToken);
        Assert.Empty((await FindAsync(credentials)).Findings);
        var finding = Assert.Single((await FindAsync(credentials, ("GOOGLE_CLOUD_PROJECT", "p"))).Findings);
        Assert.Equal(("vertex", "vertex", "p"), (finding.Name, finding.Section.GetProperty("flavour").GetString(), finding.Section.GetProperty("project").GetString()));
    }

    private static Task<Discovered> FindAsync(params (string Name, string Value)[] environment) => FindAsync(credentials: null, environment);

    // Nothing of this machine: no usual ports (an Ollama of the developer's may run at its own), and the keys of the simulations in variables that the providers read themselves.
    private static async Task<Discovered> FindAsync(string? credentials, params (string Name, string Value)[] environment)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OLLAMA_HOST"] = Nobody, ["DRAGOMAN_SERVERS"] = "none", ["DRAGOMAN_DISCOVERY_SECONDS"] = "20" };
        foreach (var (name, value) in environment) variables[name] = value;
        var keys = environment.Where(entry => entry.Name.EndsWith("_KEY", StringComparison.Ordinal)).ToList();
        var before = keys.ToDictionary(key => key.Name, key => Environment.GetEnvironmentVariable(key.Name));
        foreach (var (name, value) in keys) Environment.SetEnvironmentVariable(name, value);
        try
        {
            var found = await new Discoverer(new Surroundings(variables.GetValueOrDefault, credentials, Roomy), TimeProvider.System).FindAsync(TestContext.Current.CancellationToken);
            return found with { Findings = [.. found.Findings.Where(finding => environment.Any(entry => entry.Name == "OLLAMA_HOST") || finding.Source.Name != "ollama")] };
        }
        finally
        {
            foreach (var (name, value) in before) Environment.SetEnvironmentVariable(name, value);
        }
    }

    // Time stands still, until a test says that a wait of this length is over.
    private sealed class HeldTimers : TimeProvider
    {
        private readonly List<(TimeSpan Due, Action Ring)> _timers = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_timers) _timers.Add((dueTime, () => callback(state)));
            return new Held();
        }

        public void End(TimeSpan wait)
        {
            List<Action> due;
            lock (_timers) due = [.. _timers.Where(timer => timer.Due == wait).Select(timer => timer.Ring)];
            foreach (var ring in due) ring();
        }

        private sealed class Held : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Nothing is held but the test's own memory.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
