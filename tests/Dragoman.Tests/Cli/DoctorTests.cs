using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Cli.Launch;
using Dragoman.Upstreams.Ollama;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Cli;

/// <summary><c>dragoman doctor</c>: what it says of the whole, and of the machine. Each finding is provoked once.</summary>
public sealed class DoctorTests
{
    // Where installers put clients, whatever a test's PATH and home are.
    private static readonly string[] InstalledHere = [.. ((string[])["claude", "opencode"]).Where(client => ((string[])["/usr/local/bin", "/opt/homebrew/bin"]).Any(folder => File.Exists(Path.Combine(folder, client))))];

    private static readonly Func<ChatCall, ChatReply> Works = Examination.Works;

    [Fact(Timeout = 120_000)]
    public async Task The_examination_of_the_documents()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works, VramShare = 0.62 });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" }, "lmstudio": { "type": "openai", "url": "http://127.0.0.1:1/v1" } }, "models": { "*": "ollama/qwen3:8b", "claude-opus-*": "ollama/qwen3:32b" } }""");
        await ProgramFolder.RunAsync(folder, "warm", "qwen3:8b");
        Examination.Install(folder, "claude", "2.1.329 (Claude Code)");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--deep");
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        var seen = outcome.Output.Split('\n').Where(line => !line.StartsWith("ok    opencode:", StringComparison.Ordinal));
        Documented.Holds("docs/cli.md", "dragoman doctor --deep", string.Join('\n', seen));
        Assert.DoesNotContain("\e[", outcome.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task All_is_well()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": 100000 } }, "models": { "*": "ollama/qwen3-coder:30b" } }""");
        Examination.Install(folder, "claude", "2.1.329 (Claude Code)");
        Examination.Install(folder, "node", "v24.1.0");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--json");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.All(Examination.Findings(outcome), finding => Assert.Equal("ok", finding.Level));
        Assert.Equal(["configuration", "port", "ollama", "ollama/qwen3-coder:30b", "ollama/qwen3-coder:30b", "clock", "claude", "node"], Examination.Findings(outcome).Select(finding => finding.Subject).Where(subject => subject != "opencode"));
        Assert.Contains(Examination.Findings(outcome), finding => finding is { Subject: "node", Message: "Node.js 24.1.0" });
    }

    [Fact(Timeout = 120_000)]
    public async Task As_JSON_it_is_one_object_with_a_verdict_and_a_list()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/gemma3:4b" } }"""), "doctor", "--json");
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(["ok", "findings"], json.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(JsonValueKind.False, json.RootElement.GetProperty("ok").ValueKind);
        var findings = json.RootElement.GetProperty("findings").EnumerateArray().ToList();
        Assert.All(findings, finding => Assert.Equal(["level", "subject", "message"], finding.EnumerateObject().Select(field => field.Name).Take(3)));
        Assert.All(findings, finding => Assert.Contains(finding.GetProperty("level").GetString(), (string[])["ok", "warn", "wrong"]));
        Assert.Contains(findings, finding => finding.EnumerateObject().Select(field => field.Name).SequenceEqual(["level", "subject", "message", "fix"]));
        Assert.Equal("", outcome.Errors);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_port_of_another_program_and_of_the_gateway_itself()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var other = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json", "--port", $"{port}")).Single(finding => finding.Subject == "port");
        Assert.Equal(("wrong", $"another program listens on {port}", $"stop it, or choose another port: --port {port + 1}"), (other.Level, other.Message, other.Fix));
        var options = new DragomanOptions { Port = 0 };
        options.Providers["demo"] = JsonDocument.Parse("{}").RootElement;
        await using var gateway = ServeCommand.Build(options, TextWriter.Null);
        await gateway.StartAsync();
        var own = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json", "--port", $"{new Uri(gateway.Urls.First()).Port}")).Single(finding => finding.Subject == "port");
        Assert.Equal("ok", own.Level);
        Assert.Contains("runs at http://127.0.0.1:", own.Message);
        taken.Stop();
        var free = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json", "--port", $"{port}")).Single(finding => finding.Subject == "port");
        Assert.Equal(("ok", $"{port} is free"), (free.Level, free.Message));
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
        var finding = Examination.Findings(await program.EndAsync()).Single(finding => finding.Subject == "proxy");
        Assert.Equal(level, finding.Level);
        Assert.Contains(message, finding.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-60, "this machine's clock is 60 minutes ahead of 127.0.0.1:")]
    [InlineData(60, "this machine's clock is 60 minutes behind 127.0.0.1:")]
    public async Task A_clock_that_is_off(int minutes, string message)
    {
        await using var server = await ServerAsync(TimeSpan.FromMinutes(minutes));
        var (_, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "ollama": { "url": "{{server.Urls.First()}}" } } }""");
        var finding = findings.Single(finding => finding.Subject == "clock");
        Assert.Equal(("warn", "set the clock, or switch its synchronization on"), (finding.Level, finding.Fix));
        Assert.StartsWith(message, finding.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("2.0.14 (Claude Code)", "warn", "Claude Code 2.0.14 is older than 2.1.197")]
    [InlineData("2.1.329 (Claude Code)", "ok", "Claude Code 2.1.329")]
    [InlineData("no version here", "warn", "claude is there, but doesn't tell its version")]
    public async Task The_client(string said, string level, string message)
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        Examination.Install(folder, "claude", said);
        var finding = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")).Single(finding => finding.Subject == "claude");
        Assert.Equal(level, finding.Level);
        Assert.Contains(message, finding.Message);
        Assert.Equal(level == "ok", finding.Fix is null);
        if (finding.Fix is not null) Assert.Contains(Clients.Named("claude")!.Install, finding.Fix);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_client_at_all()
    {
        Assert.SkipUnless(InstalledHere.Length == 0, $"{string.Join(" and ", InstalledHere)} is installed for all users of this machine");
        var (_, findings) = await Examination.OfAsync("""{ "port": 0, "providers": { "demo": {} } }""");
        var finding = Assert.Single(findings, finding => finding.Subject is "claude" or "opencode");
        Assert.Equal(("warn", "Claude Code is not installed: it is neither on the PATH nor where its installers put it", Clients.Named("claude")!.Install), (finding.Level, finding.Message, finding.Fix));
    }

    [Fact(Timeout = 120_000)]
    public async Task Another_client_will_do()
    {
        Assert.SkipUnless(InstalledHere.Length == 0, $"{string.Join(" and ", InstalledHere)} is installed for all users of this machine");
        var folder = ProgramFolder.With("""{ "port": 0, "providers": { "demo": {} } }""");
        Examination.Install(folder, "opencode", "1.0.203");
        var findings = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json"));
        Assert.Equal(("ok", "opencode", "OpenCode 1.0.203", (string?)null), Assert.Single(findings, finding => finding.Subject is "claude" or "opencode"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_that_only_launch_finds()
    {
        var folder = ProgramFolder.With("""{ "port": 0, "providers": { "demo": {} } }""");
        Examination.Install(Path.Combine(folder, ".local", "bin"), "claude", "2.1.329 (Claude Code)");
        var finding = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")).Single(finding => finding.Subject == "claude");
        Assert.Equal(("ok", $"Claude Code 2.1.329, in {Path.Combine(folder, ".local", "bin")}: not on the PATH, but `dragoman launch claude` finds it"), (finding.Level, finding.Message));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_that_hangs_is_not_waited_for()
    {
        var folder = ProgramFolder.With("""{ "port": 0, "providers": { "demo": {} } }""");
        Examination.InstallScript(folder, "claude", "exec /bin/sleep 600");
        var finding = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")).Single(finding => finding.Subject == "claude");
        Assert.Equal(("warn", $"{Path.Combine(folder, "claude")} is there, but doesn't tell its version"), (finding.Level, finding.Message));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_signal_ends_it_while_a_model_is_asked(string signal, int exitCode)
    {
        if (OperatingSystem.IsWindows()) return;
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().WaitFor(new TaskCompletionSource().Task)));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        using var program = RunningProgram.Start(["doctor", "--deep"], folder: folder);
        await ollama.WaitForOpenChatsAsync(1, TestContext.Current.CancellationToken);
        using (var kill = System.Diagnostics.Process.Start("kill", [signal, $"{program.Id}"])!) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var outcome = await program.EndAsync();
        Assert.True(outcome.ExitCode == exitCode, outcome.ToString());
        Assert.Equal("Interrupted.\n", outcome.Errors);
        // What was found by then has been told.
        Assert.Contains("there, the default model", outcome.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_configuration()
    {
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With("""{ "prot": 1 }"""), "doctor", "--json");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(Examination.Findings(outcome), finding => finding is { Level: "wrong", Subject: "configuration" } && finding.Message.Contains("prot", StringComparison.Ordinal));
    }

    // An Ollama without models whose clock is off.
    private static async Task<WebApplication> ServerAsync(TimeSpan off)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            http.Response.Headers.Date = (TimeProvider.System.GetUtcNow() + off).ToString("R");
            await http.Response.WriteAsync("""{"models":[]}""");
        });
        await app.StartAsync();
        return app;
    }
}
