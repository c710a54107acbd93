using System.Diagnostics;
using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.ClientTests;

/// <summary><c>dragoman launch</c> from a fresh home: real clients for real work, and scripts in their place for what a client can't show.</summary>
public sealed class LaunchTests
{
    private const string EchoOne = """[[tool:Bash {"command":"echo one","description":"Print one"}]]""";

    // What a client's environment says, one line each.
    private const string ShowEnvironment = "env | sort | grep -E '^(ANTHROPIC|CLAUDE_CODE|OPENCODE)' ";

    private static string ClaudeFolder => Path.GetDirectoryName(Installed.ClaudeCode)!;

    [Fact(Timeout = 90_000)]
    public async Task With_nothing_but_an_Ollama_one_command_does_real_work_in_Claude_Code()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched(ClaudeFolder).With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}");
        var outcome = await dragoman.RunAsync("launch", "claude", "-p", EchoOne, "--allowedTools", "Bash");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        // Standard output is the client's alone.
        Assert.Equal("results: one", outcome.Output.Trim());
        Assert.Equal(2, ollama.ChatRequests.Count);
        Assert.Contains("sonnet  ollama/", outcome.Errors);
        var log = await File.ReadAllTextAsync(Path.Combine(dragoman.Home, ".local", "state", "dragoman", "launch.log"), TestContext.Current.CancellationToken);
        Assert.Contains("tool_use", log);
    }

    [Fact(Timeout = 90_000)]
    public async Task OpenCode_does_real_work_too()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched(Path.GetDirectoryName(Installed.OpenCode)!).With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}")
            .With("OPENCODE_PURE", "1").With("OPENCODE_DISABLE_MODELS_FETCH", "1").With("OPENCODE_DISABLE_AUTOUPDATE", "1").With("OPENCODE_DISABLE_DEFAULT_PLUGINS", "1").With("OPENCODE_DISABLE_LSP_DOWNLOAD", "1");
        var folder = Path.Combine(dragoman.Home, ".config", "opencode");
        Directory.CreateDirectory(Path.Combine(folder, "node_modules"));
        await File.WriteAllTextAsync(Path.Combine(folder, "package-lock.json"), """{"lockfileVersion":3,"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}""", TestContext.Current.CancellationToken);
        var outcome = await dragoman.RunAsync("launch", "opencode", "run", "--title", "test", "[[text:from-the-gateway]]");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("from-the-gateway", outcome.Output);
        Assert.NotEmpty(ollama.ChatRequests);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_model_that_the_person_names_is_asked_for_everything()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched(ClaudeFolder).With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}");
        var outcome = await dragoman.RunAsync("launch", "--model", "qwen3:8b", "claude", "-p", "[[text:chosen]]");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("qwen3:8b", ollama.Chats[0].Request.GetProperty("model").GetString());
        var missing = await dragoman.RunAsync("launch", "--model", "qwen9:1b", "claude", "-p", "hello");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("has no model 'qwen9:1b'", missing.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_gateway_that_runs_already_is_used_and_outlives_the_client()
    {
        await using var world = new GatewayWorld();
        await world.InitializeAsync();
        using var dragoman = new Launched().With("PORT", $"{world.Url.Port}").WithScript("claude", ShowEnvironment);
        var outcome = await dragoman.RunAsync("launch", "claude");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains($"ANTHROPIC_BASE_URL=http://127.0.0.1:{world.Url.Port}\n", outcome.Output);
        Assert.Contains("ANTHROPIC_DEFAULT_OPUS_MODEL=ollama/qwen3:8b\n", outcome.Output);
        Assert.Contains("it ran already", outcome.Errors);
        using var client = new HttpClient();
        Assert.Equal(200, (int)(await client.GetAsync(new Uri(world.Url, "/health"), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_port_that_another_program_has_is_left_to_it()
    {
        await using var other = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched().With("PORT", $"{other.Url.Port}").WithScript("claude", ShowEnvironment);
        var outcome = await dragoman.RunAsync("launch", "claude");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("ANTHROPIC_BASE_URL=http://127.0.0.1:", outcome.Output);
        Assert.DoesNotContain($":{other.Url.Port}\n", outcome.Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Arguments_and_the_exit_code_are_passed_on_and_Anthropics_key_is_not()
    {
        using var dragoman = new Launched().With("ANTHROPIC_API_KEY", "sk-ant-mine").With("CLAUDE_CODE_USE_BEDROCK", "1").WithScript("claude", $"{ShowEnvironment}; printf '[%s]' \"$@\"; exit 42");
        var outcome = await dragoman.RunAsync("launch", "claude", "--port", "5", "-p", "a b", "", "--", "*");
        Assert.Equal(42, outcome.ExitCode);
        Assert.EndsWith("[--port][5][-p][a b][][--][*]", outcome.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("ANTHROPIC_API_KEY", outcome.Output);
        Assert.DoesNotContain("BEDROCK", outcome.Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Input_is_the_clients()
    {
        using var dragoman = new Launched().WithScript("claude", "read line; echo \"got $line\"");
        var process = dragoman.Start("launch", "claude");
        await process.StandardInput.WriteLineAsync("hello");
        Assert.Equal("got hello", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("TERM", 7)]
    [InlineData("INT", 8)]
    [InlineData("HUP", 9)]
    public async Task A_signal_reaches_the_client_whose_exit_code_counts(string signal, int exitCode)
    {
        using var dragoman = new Launched().WithScript("claude", "trap 'exit 7' TERM; trap 'exit 8' INT; trap 'exit 9' HUP; echo ready; while :; do sleep 0.1; done");
        var process = dragoman.Start("launch", "claude");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using (var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, process.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task In_a_terminal_the_client_has_the_terminal_and_Ctrl_C()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "util-linux's `script` makes the terminal; others have it with other options.");
        // The terminal sends Ctrl-C to all programs in its foreground; the gateway must go on until the client ends.
        using var dragoman = new Launched().WithScript(
            "claude",
            """
            test -t 0 && test -t 1 && echo both-ends
            address=${ANTHROPIC_BASE_URL#http://}
            trap 'sleep 0.5; bash -c "exec 3<>/dev/tcp/${address%:*}/${address#*:}" && echo gateway-still-there; exit 5' INT
            kill -s INT 0
            sleep 5
            """);
        var outcome = await dragoman.RunInTerminalAsync("launch", "claude");
        Assert.Contains("both-ends", outcome.Output);
        Assert.Contains("gateway-still-there", outcome.Output);
        Assert.Equal(5, outcome.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_is_not_installed_is_named_with_the_way_to_install_it()
    {
        // The machine may have one.
        using var dragoman = new Launched().With("PATH", "/nowhere");
        var outcome = await dragoman.RunAsync("launch", "claude");
        Assert.Equal(127, outcome.ExitCode);
        Assert.Contains("Claude Code is not installed", outcome.Errors);
        Assert.Contains("https://claude.ai/install.sh", outcome.Errors);
        Assert.Empty(outcome.Output);
        var unknown = await dragoman.RunAsync("launch", "codex");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("There is no client 'codex'", unknown.Errors);
        Assert.Contains("opencode", (await dragoman.RunAsync("launch")).Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_shell_that_reads_the_lines_has_the_environment_of_a_launch()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched().With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}").With("PORT", "39111");
        var lines = await dragoman.RunAsync("env", "--shell", "bash");
        Assert.Equal(0, lines.ExitCode);
        Assert.Contains("No gateway runs at http://127.0.0.1:39111", lines.Errors);
        Assert.Equal(lines.Output, (await dragoman.RunAsync("launch", "--print-env", "--shell", "bash", "claude")).Output);
        using var shell = new Launched().With("ANTHROPIC_API_KEY", "sk-ant-mine");
        var read = await ClientProcess.RunAsync("/bin/sh", ["-c", $"{lines.Output}\n{ShowEnvironment}"], new Dictionary<string, string>(StringComparer.Ordinal) { ["ANTHROPIC_API_KEY"] = "x" }, shell.WorkingDirectory);
        Assert.Contains("ANTHROPIC_BASE_URL=http://127.0.0.1:39111\n", read.Output);
        Assert.Contains("ANTHROPIC_DEFAULT_SONNET_MODEL=ollama/", read.Output);
        Assert.DoesNotContain("ANTHROPIC_API_KEY", read.Output);
        var dry = await dragoman.RunAsync("launch", "--dry-run", "claude", "-p", "x");
        Assert.Contains("ANTHROPIC_BASE_URL=http://127.0.0.1:39111\n", dry.Output);
        Assert.Contains("-p x", dry.Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Serve_finds_a_server_of_another_kind_and_says_what_answers()
    {
        await using var server = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = ServerKind.Vllm, Key = null });
        using var dragoman = new Launched().With("DRAGOMAN_SERVERS", server.Url.ToString()).With("OLLAMA_HOST", "http://127.0.0.1:9");
        var process = dragoman.Start();
        var first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Matches(@"^Dragoman \S+ listens on http://127\.0\.0\.1:\d+$", first);
        var seen = "";
        while (!seen.Contains("ANTHROPIC_BASE_URL", StringComparison.Ordinal)) seen += await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
        Assert.Matches(@"found +vllm ", seen);
        Assert.Contains("sonnet  -> vllm/simulated-model  200,000 tokens", seen);
        Assert.Contains("dragoman launch", seen);
        process.Kill();
        // Whoever reads standard output gets that one line.
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
