using System.Net;
using System.Net.Sockets;

namespace Dragoman.Tests.Cli;

/// <summary>What a person sees who mistypes, and what the program does on a machine that refuses it something.</summary>
public sealed class CommandLineTests
{
    private const string Silent = "none";

    [Theory(Timeout = 120_000)]
    [InlineData("serv", "dragoman has no command 'serv'; did you mean 'serve'?", "dragoman")]
    [InlineData("lauch claude --model x", "dragoman has no command 'lauch'; did you mean 'launch'?", "dragoman")]
    [InlineData("serve --prot 3000", "dragoman serve has no option '--prot'; did you mean '--port'?", "dragoman serve")]
    [InlineData("serve --portt=3000", "dragoman serve has no option '--portt'; did you mean '--port'?", "dragoman serve")]
    [InlineData("serve --port abc", "--port: 'abc' is not a whole number that fits here.", "dragoman serve")]
    [InlineData("serve --port 1 --port 2", "--port is given more than once.", "dragoman serve")]
    [InlineData("serve --port", "--port needs a value.", "dragoman serve")]
    [InlineData("config", "dragoman config needs one of its commands: check, show.", "dragoman config")]
    [InlineData("config chek", "dragoman config has no command 'chek'; did you mean 'check'?", "dragoman config")]
    [InlineData("models --jsno", "dragoman models has no option '--jsno'; did you mean '--json'?", "dragoman models")]
    [InlineData("route --explian", "dragoman route has no option '--explian'; did you mean '--explain'?", "dragoman route")]
    [InlineData("launch --modl x claude", "dragoman launch has no option '--modl'; did you mean '--model'?", "dragoman launch")]
    [InlineData("completion bsh", "dragoman completion: 'bsh' is none of bash, fish, powershell, zsh.", "dragoman completion")]
    [InlineData("--token-counter many", "--token-counter: 'many' is none of calibrated, words.", "dragoman")]
    [InlineData("check-stream", "dragoman check-stream needs <url>: The server's address, with or without /v1/messages.", "dragoman check-stream")]
    public async Task A_wrong_command_line_is_said_in_a_sentence_on_standard_error(string line, string sentence, string help)
    {
        var outcome = await RunningProgram.RunAsync(line.Split(' '));
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal($"{sentence}\n`{help} --help` says what there is.\n", outcome.Errors);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_empty_file_name_of_an_unset_variable_is_said()
    {
        var outcome = await RunningProgram.RunAsync("config", "check", "--config", "");
        Assert.Equal((1, "--config needs a value.\n`dragoman config check --help` says what there is.\n"), (outcome.ExitCode, outcome.Errors));
    }

    [Fact(Timeout = 120_000)]
    public async Task Settings_of_another_program_in_the_working_folder_open_no_door()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var folder = ProgramFolder.With("""{ "providers": { "demo": {} }, "port": 0 }""");
        // With it taken the gateway could not even start, if it wanted to listen there.
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), $$"""{ "AllowedHosts": "example.com", "Kestrel": { "Endpoints": { "Http": { "Url": "http://{{taken.LocalEndpoint}}" } } } }""", TestContext.Current.CancellationToken);
        using var program = RunningProgram.Start(["serve"], new Dictionary<string, string>(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = $"http://{taken.LocalEndpoint}" }, folder);
        var url = await ListeningAsync(program);
        using var client = new HttpClient();
        Assert.Contains("dragoman", await client.GetStringAsync(new Uri($"{url}/api/hello"), TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("192.0.2.1", "This machine has no such address")]
    public async Task An_address_that_it_can_not_listen_on_is_said(string host, string sentence)
    {
        var folder = ProgramFolder.With("""{ "providers": { "demo": {} } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "serve", "--host", host, "--key", "k", "--port", "0");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(sentence, outcome.Errors);
        Assert.DoesNotContain("   at ", outcome.Errors);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("config check")]
    [InlineData("config show --json")]
    [InlineData("completion bash")]
    [InlineData("--help")]
    public async Task Output_that_can_not_be_written_is_one_line_and_an_exit_code(string line)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is always full.");
        var folder = ProgramFolder.With("{}");
        var outcome = await ShellAsync(folder, $"\"$0\" {line} > /dev/full");
        Assert.Equal((1, "No space left on device\n"), (outcome.ExitCode, outcome.Errors));
        // Neither of the two: the exit code remains.
        Assert.Equal(1, (await ShellAsync(folder, $"\"$0\" {line} > /dev/full 2> /dev/full")).ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_that_is_gone_is_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There a folder in which a program runs can't be deleted.");
        var outcome = await ShellAsync(ProgramFolder.With("{}"), "/bin/mkdir gone; cd gone; /bin/rmdir ../gone; \"$0\" serve --port 0");
        Assert.Equal((1, "", "The folder in which this was started is no longer there. Change into one that is.\n"), (outcome.ExitCode, outcome.Output, outcome.Errors));
        Assert.Equal(0, (await ShellAsync(ProgramFolder.With("{}"), "/bin/mkdir gone; cd gone; /bin/rmdir ../gone; \"$0\" config check")).ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_status_line_does_not_wait_for_an_input_that_never_ends()
    {
        using var program = RunningProgram.Start(["statusline"], input: null);
        var outcome = await program.EndAsync();
        Assert.Equal((0, "Dragoman\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_launch_goes_on_without_a_log_where_none_can_be_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The client is a script.");
        var folder = ProgramFolder.With("""{ "providers": { "demo": {} }, "port": 0 }""");
        var client = Path.Combine(folder, "claude");
        await File.WriteAllTextAsync(client, "#!/bin/sh\nexit 7\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var program = RunningProgram.Start(["launch", "claude"], new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = client }, folder);
        var outcome = await program.EndAsync();
        Assert.Equal(7, outcome.ExitCode);
        Assert.Contains("This launch has no log: ", outcome.Errors);
        Assert.Contains(client, outcome.Errors);
        // A relative path means nothing to anybody (XDG Base Directory Specification).
        using var relative = RunningProgram.Start(["launch", "claude"], new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_STATE_HOME"] = "here", ["HOME"] = folder }, folder);
        Assert.Equal(7, (await relative.EndAsync()).ExitCode);
        Assert.False(Directory.Exists(Path.Combine(folder, "here")));
        if (OperatingSystem.IsLinux()) Assert.True(File.Exists(Path.Combine(folder, ".local", "state", "dragoman", "launch.log")));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_configuration_that_can_not_be_written_is_said_with_its_place()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DRAGOMAN_SERVERS"] = Silent, ["OLLAMA_HOST"] = "127.0.0.1:1" };
        var folder = ProgramFolder.With("{}");
        async Task<ProgramOutcome> InitAsync(string file)
        {
            using var program = RunningProgram.Start(["init", "--config", file], environment, folder);
            return await program.EndAsync();
        }

        var nowhere = Path.Combine(folder, "no", "x.json");
        Assert.Equal((1, $"{nowhere} can't be written: there is no such folder.\n"), await InitAsync(nowhere) is var refused ? (refused.ExitCode, refused.Errors) : default);
        Assert.StartsWith($"{folder} is a folder.", (await InitAsync(folder)).Errors, StringComparison.Ordinal);
        // A name of its own is not taken without being told.
        Assert.Equal($"Wrote other.json. `dragoman --config \"{Path.Combine(folder, "other.json")}\"` takes it anywhere.\n", (await InitAsync("other.json")).Output);
    }

    private static async Task<string> ListeningAsync(RunningProgram program)
    {
        const string mark = " listens on ";
        while (!program.Output.Contains(mark, StringComparison.Ordinal) || !program.Output.EndsWith('\n')) await Task.Delay(50, TestContext.Current.CancellationToken);
        return program.Output[(program.Output.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Split('\n')[0];
    }

    private static async Task<ProgramOutcome> ShellAsync(string folder, string line)
    {
        using var shell = RunningProgram.StartShell(line, folder);
        return await shell.EndAsync();
    }
}
