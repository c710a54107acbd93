using System.Text.RegularExpressions;
using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Processes;
using Dragoman.ClientTests.Worlds;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.ClientTests;

/// <summary>How the program behaves towards people and shells: colours, help, completion, first configuration; and that docs/cli.md shows what it really prints.</summary>
public sealed partial class TerminalTests
{
    // What sets a colour or a weight.
    private const string Escape = @"\u001b\[[0-9;]+m";

    [GeneratedRegex(@"```(text|sh)?\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"127\.0\.0\.1:\d+", RegexOptions.None, 1000)]
    private static partial Regex Address();

    private static string ProgramFolder => Path.GetDirectoryName(Installed.Gateway)!;

    [Fact(Timeout = 60_000)]
    public async Task Colours_are_for_people_at_a_terminal_who_want_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "util-linux's `script` makes the terminal; others have it with other options.");
        using var dragoman = new Launched().With("TERM", "xterm-256color").WithScript("claude", "exit 0");
        Assert.Matches(Escape, (await dragoman.RunInTerminalAsync("launch", "claude")).Output);
        Assert.DoesNotMatch(Escape, (await dragoman.RunAsync("launch", "claude")).Errors);
        var said = (await dragoman.With("NO_COLOR", "1").RunInTerminalAsync("launch", "claude")).Output;
        Assert.Contains("Dragoman", said);
        Assert.DoesNotMatch(Escape, said);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("bash", "/bin/bash", "-n")]
    [InlineData("zsh", "/usr/bin/zsh", "-n")]
    [InlineData("fish", "/usr/bin/fish", "--no-execute")]
    public async Task Completion_scripts_parse(string shell, string program, string check)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed on this machine.");
        using var dragoman = new Launched();
        var script = await dragoman.RunAsync("completion", shell);
        Assert.Equal(0, script.ExitCode);
        var file = Path.Combine(dragoman.WorkingDirectory, "script");
        await File.WriteAllTextAsync(file, script.Output, TestContext.Current.CancellationToken);
        var parsed = await ClientProcess.RunAsync(program, [check, file], new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = dragoman.Home }, dragoman.WorkingDirectory);
        Assert.True(parsed.ExitCode == 0, parsed.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Bash_completes_commands_and_clients()
    {
        using var dragoman = new Launched(ProgramFolder);
        var script = (await dragoman.RunAsync("completion", "bash")).Output;
        async Task<string> CompleteAsync(string line, string word, int index)
        {
            var asking = $"{script}\nCOMP_LINE='{line}' COMP_POINT={line.Length} COMP_CWORD={index}; COMP_WORDS=({line} ''); COMP_WORDS[{index}]='{word}'; _dragoman; echo \"${{COMPREPLY[@]}}\"";
            var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = dragoman.Home, ["PATH"] = $"{ProgramFolder}:/usr/bin:/bin", ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot };
            return (await ClientProcess.RunAsync("/bin/bash", ["-c", asking], environment, dragoman.WorkingDirectory)).Output.Trim();
        }

        Assert.Equal("launch", await CompleteAsync("dragoman la", "la", 1));
        Assert.Equal("claude", await CompleteAsync("dragoman launch cl", "cl", 2));
        Assert.Equal("--print-env", await CompleteAsync("dragoman launch --print", "--print", 2));
    }

    [Fact(Timeout = 60_000)]
    public async Task Fish_completes_commands_and_where_there_are_none_files()
    {
        const string program = "/usr/bin/fish";
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed on this machine.");
        using var dragoman = new Launched(ProgramFolder);
        var script = (await dragoman.RunAsync("completion", "fish")).Output;
        await File.WriteAllTextAsync(Path.Combine(dragoman.WorkingDirectory, "request.json"), "{}", TestContext.Current.CancellationToken);
        async Task<string> CompleteAsync(string line)
        {
            var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = dragoman.Home, ["PATH"] = $"{ProgramFolder}:/usr/bin:/bin", ["DOTNET_ROOT"] = GatewayProcess.RuntimeRoot };
            return (await ClientProcess.RunAsync(program, ["-c", $"{script}\ncomplete -C '{line}'"], environment, dragoman.WorkingDirectory)).Output.Trim();
        }

        Assert.Equal("launch", await CompleteAsync("dragoman la"));
        // What stands before the program on the line is none of its business.
        Assert.Equal("claude", await CompleteAsync("echo x; dragoman launch cl"));
        Assert.Equal("request.json", await CompleteAsync("dragoman route req"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_first_configuration_is_written_from_what_is_found_and_read_again()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        await using var server = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Key = "sk-other" });
        using var dragoman = new Launched().With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}").With("OPENAI_API_KEY", "sk-very-secret").With("OPENAI_BASE_URL", server.Url.ToString());
        var written = await dragoman.RunAsync("init");
        Assert.True(written.ExitCode == 0, written.ToString());
        var file = Path.Combine(dragoman.WorkingDirectory, "dragoman.json");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("\"claude-*opus*\": \"ollama/", text);
        Assert.Contains("env:OPENAI_API_KEY", text);
        Assert.DoesNotContain("sk-very-secret", text);

        // Never over what is there.
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);
        var again = await dragoman.RunAsync("init");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--force", again.Errors);
        Assert.Equal("{}", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await dragoman.RunAsync("init", "--force")).ExitCode);
        Assert.Equal(text, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([file], Directory.GetFiles(dragoman.WorkingDirectory));

        // Without the variables that led to it: all that is needed is in the file.
        using var elsewhere = new Launched();
        var served = await elsewhere.RunAsync("launch", "--config", file, "--dry-run", "claude");
        Assert.True(served.ExitCode == 0 || served.Errors.Contains("OPENAI_API_KEY", StringComparison.Ordinal), served.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_first_configuration_can_be_had_with_nothing_too()
    {
        using var dragoman = new Launched().With("OLLAMA_HOST", "127.0.0.1:9");
        Assert.Equal(0, (await dragoman.RunAsync("init", "--config", "first.json")).ExitCode);
        var dry = await dragoman.RunAsync("launch", "--config", "first.json", "--dry-run", "claude");
        Assert.True(dry.ExitCode == 0, dry.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_documented_banner_is_the_programs()
    {
        await using var ollama = await SimulatedOllama.StartAsync(Documented());
        using var dragoman = new Launched().With("OLLAMA_HOST", ollama.Url.ToString());
        var process = dragoman.Start("serve");
        var seen = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
        while (!seen.Contains("ANTHROPIC_BASE_URL", StringComparison.Ordinal)) seen += await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
        process.Kill();
        Assert.Equal(Shown("banner"), Plain(seen, ollama.Url));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_documented_notice_of_a_launch_is_the_programs()
    {
        await using var ollama = await SimulatedOllama.StartAsync(Documented());
        using var dragoman = new Launched().With("OLLAMA_HOST", ollama.Url.ToString()).WithScript("claude", "exit 0");
        var outcome = await dragoman.RunAsync("launch", "claude");
        Assert.Equal(Shown("launch"), Plain(outcome.Errors.Trim() + "\n", ollama.Url).Replace(dragoman.Home, "~", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_documented_start_without_any_model_is_the_programs()
    {
        await using var nothing = await UsualPorts.StartAsync();
        using var dragoman = new Launched().Among(nothing);
        var process = dragoman.Start("serve");
        var seen = "";
        while (!seen.Contains("  3. ", StringComparison.Ordinal)) seen += await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
        process.Kill();
        Assert.Equal(Shown("nothing"), seen);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("serve")]
    [InlineData("launch")]
    [InlineData("env")]
    [InlineData("init")]
    [InlineData("doctor")]
    [InlineData("models")]
    [InlineData("pull")]
    [InlineData("warm")]
    [InlineData("unload")]
    [InlineData("replay")]
    [InlineData("check-stream")]
    [InlineData("completion")]
    [InlineData("route")]
    public async Task Documented_examples_are_those_of_the_help(string command)
    {
        using var dragoman = new Launched();
        var help = (await dragoman.RunAsync(command, "--help")).Output;
        var examples = help[(help.IndexOf("Examples:", StringComparison.Ordinal) + "Examples:\n".Length)..].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var page = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains(example, page));
    }

    private static string Page => Path.GetFullPath(Path.Combine(Installed.SourceDirectory, "..", "..", "docs", "cli.md"));

    // One model that fits into the memory of any machine that runs tests.
    private static OllamaScenario Documented() => OllamaScenario.Agent() with
    {
        Models = [new SimulatedModel { Name = "qwen3:4b", Capabilities = ["completion", "tools", "thinking"], Family = "qwen3", ContextLength = 262_144, ParameterSize = "4.0B" }],
    };

    // The block below its mark on the page.
    private static string Shown(string mark)
    {
        var page = File.ReadAllText(Page);
        var at = page.IndexOf($"<!-- as printed: {mark} -->", StringComparison.Ordinal);
        Assert.True(at >= 0, mark);
        return Block().Match(page, at).Groups["text"].Value;
    }

    // Ports are the test's own.
    private static string Plain(string text, Uri ollama) => Address().Replace(
        text.Replace($"{ollama} (OLLAMA_HOST)", "http://localhost:11434", StringComparison.Ordinal).Replace($" --port {PortIn(text)}", "", StringComparison.Ordinal), "127.0.0.1:3000");

    private static string PortIn(string text) => Regex.Match(text, @"--port (?<port>\d+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["port"].Value;
}
