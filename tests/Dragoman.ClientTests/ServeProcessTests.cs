using System.Diagnostics;
using System.Text;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Gemini;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.ClientTests;

/// <summary>How the program itself starts and ends.</summary>
public sealed class ServeProcessTests
{
    private const string Hello = """{"model":"qwen3:8b","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    [Fact(Timeout = 60_000)]
    public async Task A_service_manager_that_stops_it_cuts_no_answer()
    {
        var gate = new TaskCompletionSource();
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("first ").WaitFor(gate.Task).Text("last")));
        await using var gateway = await GatewayProcess.StartAsync("--ollama-url", ollama.Url.ToString());
        using var client = new HttpClient();
        using var reader = new StreamReader(await OpenAsync(client, gateway.Url));
        var seen = new StringBuilder();
        while (!seen.ToString().Contains("first", StringComparison.Ordinal)) seen.AppendLine(await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        await gateway.TerminateAsync();
        // It says so once it waits for the answer. Only then the model goes on, which is after any time-out of two seconds would have been set.
        while (!gateway.Output.Contains("Stopping", StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);
        var waited = Stopwatch.StartNew();
        // Not a wait for something to happen: the time in which nothing must happen (System.CommandLine's default ends the process after 2 s).
        while (waited.Elapsed < TimeSpan.FromSeconds(2.5)) await Task.Delay(100, TestContext.Current.CancellationToken);
        gate.SetResult();

        var rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("last", rest);
        Assert.Contains("message_stop", rest);
        Assert.Equal(0, await gateway.EndAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_second_signal_cuts_the_open_answers()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("first ").WaitFor(new TaskCompletionSource().Task)));
        await using var gateway = await GatewayProcess.StartAsync("--ollama-url", ollama.Url.ToString());
        using var client = new HttpClient();
        await using var answer = await OpenAsync(client, gateway.Url);
        await gateway.TerminateAsync();
        while (!gateway.Output.Contains("Stopping", StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);
        await gateway.TerminateAsync();
        Assert.Equal(0, await gateway.EndAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Listening_everywhere_it_prints_an_address_that_it_accepts()
    {
        await using var gateway = await GatewayProcess.StartAsync("--host", "0.0.0.0", "--key", "secret");
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(gateway.Url, "/health/live"), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("localhost", gateway.Url.Host);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("port: 70000 is not a port", "--port", "70000")]
    [InlineData("--model-map", "-m", "nonsense")]
    [InlineData("use your models", "--host", "0.0.0.0")]
    public async Task Wrong_settings_end_it_with_a_sentence_and_code_2(string said, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = directory.Path, ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot };
        var outcome = await ClientProcess.RunAsync(Installed.Gateway, ["serve", .. arguments], environment, directory.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.Output + outcome.Errors);
        Assert.DoesNotContain("   at ", outcome.Output + outcome.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_demo_alone_is_a_configuration_too()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "demo.json");
        await File.WriteAllTextAsync(file, """{ "providers": { "demo": {} } }""", TestContext.Current.CancellationToken);
        await using var gateway = await GatewayProcess.StartAsync("--config", file);
        using var client = new HttpClient();
        using var reader = new StreamReader(await OpenAsync(client, gateway.Url));
        Assert.Contains("demo", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_file_and_a_hang_up_signal_have_the_configuration_read_again()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "dragoman.json");
        await File.WriteAllTextAsync(file, """{ "key": "literal", "providers": { "demo": {} } }""", TestContext.Current.CancellationToken);
        await using var gateway = await GatewayProcess.StartAsync("--config", file);
        await SaidAsync(gateway, $"{file} (line 1): key: the secret stands in the file");
        await File.WriteAllTextAsync(file, """{ "verbose": true, "prot": 1, "providers": { "demo": {} } }""", TestContext.Current.CancellationToken);
        await SaidAsync(gateway, "did you mean 'port'?");
        await File.WriteAllTextAsync(file, """{ "verbose": true, "providers": { "demo": {} } }""", TestContext.Current.CancellationToken);
        await SaidAsync(gateway, "Configuration exchanged: key; verbose");
        await gateway.HangUpAsync();
        await SaidAsync(gateway, "Configuration read again: nothing is different");
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task All_that_is_wrong_with_the_settings_is_said_at_once()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "dragoman.json");
        await File.WriteAllTextAsync(file, "{\n  \"prot\": 1,\n  \"providers\": { \"cloud\": { \"type\": \"opnai\" } }\n}", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = directory.Path, ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot };
        var outcome = await ClientProcess.RunAsync(Installed.Gateway, ["serve", "--port", "70000"], environment, directory.Path);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(
            [
                "dragoman.json (line 2): prot: there is no such setting; did you mean 'port'?",
                "port: 70000 is not a port (0 to 65535; 0 takes a free one)",
                "dragoman.json (line 3): providers.cloud.type: there is no provider type 'opnai'; did you mean 'openai'? Known types: anthropic, demo, gemini, ollama, openai",
            ],
            outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_doctor_finds_a_provider_well()
    {
        await using var gemini = await SimulatedGemini.StartAsync(GeminiScenario.Agent());
        var well = await DoctorAsync("--gemini-key", "AIza-simulated", "--gemini-url", gemini.Url.ToString());
        Assert.Equal(0, well.ExitCode);
        Assert.Matches(@"ok\s+gemini: answers, \d+ models", well.Output);
        Assert.Matches(@"ok\s+gemini/gemini-[\w.-]+: there, the default model", well.Output);
        Assert.Matches(@"ok\s+gemini/gemini-[\w.-]+: answers \(\d+ tokens counted\)", well.Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_doctor_says_what_is_wrong_with_a_provider()
    {
        await using var gemini = await SimulatedGemini.StartAsync(GeminiScenario.Agent());
        var key = await DoctorAsync("--gemini-key", "AIza-wrong", "--gemini-url", gemini.Url.ToString());
        Assert.Equal(1, key.ExitCode);
        Assert.Contains("API key not valid", key.Output);
        var model = await DoctorAsync("--gemini-key", "AIza-simulated", "--gemini-url", gemini.Url.ToString(), "-d", "gemini-0");
        Assert.Equal(1, model.ExitCode);
        Assert.Contains("gemini/gemini-0: the default model is not there", model.Output);
        // Nobody listens on the reserved port 9 (discard).
        var ollama = await DoctorAsync("-u", "http://127.0.0.1:9");
        Assert.Equal(1, ollama.ExitCode);
        Assert.Contains("ollama serve", ollama.Output);
        Assert.Equal(2, (await DoctorAsync("-m", "nonsense")).ExitCode);
    }

    private static async Task SaidAsync(GatewayProcess gateway, string words)
    {
        while (!gateway.Output.Contains(words, StringComparison.Ordinal)) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private static async Task<ProcessOutcome> DoctorAsync(params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = directory.Path, ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot };
        return await ClientProcess.RunAsync(Installed.Gateway, ["doctor", "--port", "0", .. arguments], environment, directory.Path);
    }

    private static async Task<Stream> OpenAsync(HttpClient client, Uri gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/v1/messages")) { Content = new StringContent(Hello, Encoding.UTF8, "application/json") };
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
    }
}
