using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Cli;

/// <summary><c>dragoman doctor</c>: each finding is provoked once.</summary>
public sealed class DoctorTests
{
    private static readonly Func<ChatCall, ChatReply> Works = call =>
        call.ToolNames.Count > 0 ? new ChatReply().ToolCall("get_weather", """{"city":"Paris"}""") : call.Thinks ? new ChatReply().Thinking("hm").Text("9.9") : new ChatReply().Text("Hello");

    [Fact(Timeout = 120_000)]
    public async Task The_examination_of_the_documents()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works, VramShare = 0.62 });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" }, "lmstudio": { "type": "openai", "url": "http://127.0.0.1:1/v1" } }, "models": { "*": "ollama/qwen3:8b", "claude-opus-*": "ollama/qwen3:32b" } }""");
        await ProgramFolder.RunAsync(folder, "warm", "qwen3:8b");
        Install(folder, "claude", "2.1.329 (Claude Code)");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--deep");
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        Documented.Holds("docs/cli.md", "dragoman doctor --deep", outcome.Output);
        Assert.DoesNotContain("\e[", outcome.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task All_is_well()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": 100000 } }, "models": { "*": "ollama/qwen3-coder:30b" } }""");
        Install(folder, "claude", "2.1.329 (Claude Code)");
        Install(folder, "node", "v24.1.0");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--json");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.All(Findings(outcome), finding => Assert.Equal("ok", finding.Level));
        Assert.Equal(["configuration", "port", "ollama", "ollama/qwen3-coder:30b", "ollama/qwen3-coder:30b", "clock", "claude", "node"], Findings(outcome).Select(finding => finding.Subject));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("gemma3:4b", 100_000, "wrong", "it can't call tools")]
    [InlineData("qwen3:8b", 16_000, "wrong", "its context is 16,000 tokens, and Claude Code's first request alone has about 25,000")]
    [InlineData("qwen3:8b", 40_000, "warn", "little room for work")]
    [InlineData("nothing:1b", 40_000, "wrong", "the default model is not there")]
    public async Task A_default_model_that_is_not_fit(string model, int context, string level, string message)
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": {{context}} } }, "models": { "*": "ollama/{{model}}" } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--json");
        var finding = Assert.Single(Findings(outcome), finding => finding.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal((level, $"ollama/{model}"), (finding.Level, finding.Subject));
        Assert.NotNull(finding.Fix);
        Assert.Equal(level == "wrong" ? 1 : 0, outcome.ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_that_calls_no_tool_and_does_not_think_although_it_says_so()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("No.")));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var findings = Findings(await ProgramFolder.RunAsync(folder, "doctor", "--deep", "--json"));
        Assert.Contains(findings, finding => finding is { Level: "warn", Message: "did not call the tool that it was told to call; as an agent it would do nothing" });
        Assert.Contains(findings, finding => finding is { Level: "warn", Message: "showed no thinking, although its provider says that it can" });
        Assert.Contains(findings, finding => finding.Level == "ok" && finding.Message.StartsWith("answers; the first token took", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_that_fails()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => ChatReply.HttpError(500, """{"error":"out of memory"}""")));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--deep", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(Findings(outcome), finding => finding.Level == "wrong" && finding.Message.Contains("out of memory", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_that_another_program_has_loaded_too_small()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        using (var other = new HttpClient { BaseAddress = ollama.Url }) await other.PostAsync("api/chat", new StringContent("""{"model":"qwen3:8b","messages":[],"options":{"num_ctx":4096}}"""));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var finding = Assert.Single(Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")), finding => finding.Message.Contains("another program", StringComparison.Ordinal));
        Assert.Equal(("warn", "dragoman warm ollama/qwen3:8b"), (finding.Level, finding.Fix));
        Assert.Contains("4,096 tokens; the first request loads it anew with 32,768", finding.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_key_and_a_server_without_models()
    {
        await using var empty = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works, Models = [] });
        await using var locked = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent());
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{empty.Url}}" }, "openai": { "url": "{{locked.Url}}", "apiKey": "sk-wrong" } } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(Findings(outcome), finding => finding is { Level: "warn", Subject: "ollama", Message: "answers, but has no models", Fix: "dragoman pull qwen3:8b" });
        Assert.Contains(Findings(outcome), finding => finding is { Level: "wrong", Subject: "openai" } && finding.Message.Contains("key", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = 120_000)]
    public async Task No_provider_at_all()
    {
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With("""{ "port": 0, "providers": { "demo": {} } }"""), "doctor", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(Findings(outcome), finding => finding is { Level: "wrong", Subject: "default model" });
    }

    [Fact(Timeout = 120_000)]
    public async Task The_port_of_another_program_and_of_the_gateway_itself()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var other = Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json", "--port", $"{port}")).Single(finding => finding.Subject == "port");
        Assert.Equal(("wrong", $"another program listens on {port}", $"stop it, or choose another port: --port {port + 1}"), (other.Level, other.Message, other.Fix));
        var options = new DragomanOptions { Port = 0 };
        options.Providers["demo"] = JsonDocument.Parse("{}").RootElement;
        await using var gateway = ServeCommand.Build(options, TextWriter.Null);
        await gateway.StartAsync();
        var own = Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json", "--port", $"{new Uri(gateway.Urls.First()).Port}")).Single(finding => finding.Subject == "port");
        Assert.Equal("ok", own.Level);
        Assert.Contains("runs at http://127.0.0.1:", own.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", "warn", "doesn't name localhost and 127.0.0.1")]
    [InlineData("localhost", "warn", "doesn't name 127.0.0.1")]
    [InlineData("localhost,127.0.0.1", "ok", "keeps this machine out of it")]
    public async Task A_proxy_that_would_catch_the_clients(string exempt, string level, string message)
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        using var program = RunningProgram.Start(["doctor", "--json"], new Dictionary<string, string> { ["HTTP_PROXY"] = "http://127.0.0.1:1", ["NO_PROXY"] = exempt }, folder);
        var finding = Findings(await program.EndAsync()).Single(finding => finding.Subject == "proxy");
        Assert.Equal(level, finding.Level);
        Assert.Contains(message, finding.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_clock_that_is_off()
    {
        await using var server = await PastAsync();
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{server.Urls.First()}}" } } }""");
        var finding = Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")).Single(finding => finding.Subject == "clock");
        Assert.Equal("warn", finding.Level);
        Assert.Contains("this machine's clock is 60 minutes ahead of", finding.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null, "warn", "Claude Code is not on the PATH")]
    [InlineData("2.0.14 (Claude Code)", "warn", "Claude Code 2.0.14 is older than 2.1.197")]
    [InlineData("2.1.329 (Claude Code)", "ok", "Claude Code 2.1.329")]
    public async Task The_client(string? version, string level, string message)
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        if (version is not null) Install(folder, "claude", version);
        var finding = Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")).Single(finding => finding.Subject == "claude");
        Assert.Equal(level, finding.Level);
        Assert.StartsWith(message, finding.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_configuration()
    {
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With("""{ "prot": 1 }"""), "doctor", "--json");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(Findings(outcome), finding => finding is { Level: "wrong", Subject: "configuration" } && finding.Message.Contains("prot", StringComparison.Ordinal));
    }

    private static List<(string Level, string Subject, string Message, string? Fix)> Findings(ProgramOutcome outcome)
    {
        using var json = JsonDocument.Parse(outcome.Output);
        return [.. json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => (
            finding.GetProperty("level").GetString()!, finding.GetProperty("subject").GetString()!, finding.GetProperty("message").GetString()!, finding.TryGetProperty("fix", out var fix) ? fix.GetString() : null))];
    }

    // The folder is all of the program's PATH.
    private static void Install(string folder, string program, string version)
    {
        Assert.False(OperatingSystem.IsWindows(), "the clients of this test are shell scripts");
        var file = Path.Combine(folder, program);
        File.WriteAllText(file, $"#!/bin/sh\necho '{version}'\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task<WebApplication> PastAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            http.Response.Headers.Date = (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1)).ToString("R");
            await http.Response.WriteAsync("""{"models":[]}""");
        });
        await app.StartAsync();
        return app;
    }
}
