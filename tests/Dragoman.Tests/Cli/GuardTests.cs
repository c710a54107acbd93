using Dragoman.Cli;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Tests.Cli;

/// <summary>What a user sees when a command fails: a sentence and an exit code, whatever it was.</summary>
public sealed class GuardTests
{
    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new ConfigException("port: expected a number"), 2, "port: expected a number" },
        { new CliException("Interrupted.", 130), 130, "Interrupted." },
        { new UpstreamException(new UpstreamError(UpstreamErrorKind.Unreachable, "ollama: nobody there")), 1, "ollama: nobody there" },
        { new InvalidRequestException("messages: expected a list"), 1, "messages: expected a list" },
        { new IOException("The disk is full."), 1, "The disk is full." },
        { new UnauthorizedAccessException("Access is denied."), 1, "Access is denied." },
        { new InvalidOperationException("a\nb"), 1, "This should not happen: InvalidOperationException: a b. Please report it, with the command and, if you can, its output with DRAGOMAN_DEBUG=1." },
        { new OperationCanceledException("late"), 1, "This should not happen: OperationCanceledException: late. Please report it, with the command and, if you can, its output with DRAGOMAN_DEBUG=1." },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Every_failure_is_a_sentence_and_an_exit_code(Exception failure, int exitCode, string said)
    {
        var lines = new List<string>();
        Assert.Equal(exitCode, await Guard.RunAsync(() => Task.FromException<int>(failure), lines.Add));
        Assert.Equal([said], lines);
    }

    [Fact(Timeout = 120_000)]
    public async Task Details_of_a_defect_are_for_those_who_ask()
    {
        var lines = new List<string>();
        Assert.Equal(1, await Guard.RunAsync(() => throw new InvalidOperationException("broken"), lines.Add, details: true));
        Assert.Equal(2, lines.Count);
        Assert.Contains(nameof(Details_of_a_defect_are_for_those_who_ask), lines[1]);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_command_prints_a_stack_trace_when_its_configuration_is_wrong_or_its_file_is_not_there()
    {
        var folder = ProgramFolder.With("""{ "prot": 1 }""");
        string[][] commands = [["serve"], ["doctor"], ["models"], ["pull", "a"], ["warm", "a"], ["unload", "a"], ["config", "check"], ["config", "show"], ["route", "--model", "a"], ["replay", "dragoman.json"], ["launch", "claude"], ["env"]];
        await Parallel.ForEachAsync(commands, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (command, _) =>
        {
            var outcome = await ProgramFolder.RunAsync(folder, command);
            Assert.True(outcome.ExitCode == (command[0] == "launch" && !outcome.Errors.Contains("prot", StringComparison.Ordinal) ? 127 : 2), $"{string.Join(' ', command)}: {outcome}");
            Assert.DoesNotContain("   at ", outcome.Errors + outcome.Output);
        });
        string[][] strange = [["replay", "nothing"], ["replay", "."], ["replay", "dragoman.json", "--to", "a/b", "--config", "none.json"], ["check-stream", "http://127.0.0.1:1"], ["check-stream", "http://[::1"], ["config", "check", "--config", "."], ["route", "nothing.json"], ["serve", "--config", "/"], ["pull", ""], ["pull", "ollama/"], ["completion", "none"], ["init", "--config", "/nowhere/at/all.json"]];
        await Parallel.ForEachAsync(strange, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (command, _) =>
        {
            using var program = RunningProgram.Start(command, new Dictionary<string, string>(StringComparer.Ordinal) { ["DRAGOMAN_SERVERS"] = "none", ["OLLAMA_HOST"] = "127.0.0.1:9" });
            var outcome = await program.EndAsync();
            Assert.True(outcome.ExitCode is 1 or 2, $"{string.Join(' ', command)}: {outcome}");
            Assert.DoesNotContain("should not happen", outcome.Errors);
            Assert.DoesNotContain("   at ", outcome.Errors + outcome.Output);
        });
    }
}
