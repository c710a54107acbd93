using System.Text.RegularExpressions;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Cli;

/// <summary>What <c>dragoman pull</c> shows to a person at a terminal.</summary>
public sealed partial class PullProgressTests
{
    // Colours and movements of the cursor.
    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\r", RegexOptions.None, 1000)]
    private static partial Regex Control();

    [Fact(Timeout = 120_000)]
    public async Task A_terminal_gets_a_bar_for_each_layer()
    {
        var model = new SimulatedModel { Name = "tiny:1b", Size = 1_000_011_485, Layers = [1_000_000_000, 11_000, 485] };
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent() with { Pullable = [model], PullPace = TimeSpan.FromMilliseconds(50) });
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        var outcome = await PseudoTerminal.RunAsync(folder, "pull tiny:1b");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("━", outcome.Output);
        Assert.Contains("\e[", outcome.Output);
        // The last picture, and what comes below it.
        var lines = Control().Replace(outcome.Output, "").TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.Equal("tiny:1b is there", lines[^1]);
        Assert.Contains(lines, line => line.Trim() == "verifying sha256 digest");
        Assert.Contains("1.0 GB", outcome.Output);
        var bars = lines.Where(line => line.Contains('━')).TakeLast(3).ToList();
        Assert.All(bars, bar => Assert.Matches("^[0-9a-f]{12} +━+ +100%", bar.Trim()));
        Assert.Equal(3, bars.Select(bar => bar.Trim()[..12]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_download_that_fails_at_a_terminal_ends_in_a_sentence()
    {
        var scenario = OllamaScenario.Agent() with { Pullable = [new SimulatedModel { Name = "tiny:1b" }], PullError = "write /models/blobs/sha256-1: no space left on device" };
        await using var ollama = await SimulatedOllama.StartAsync(scenario);
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        var outcome = await PseudoTerminal.RunAsync(folder, "pull tiny:1b");
        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        Assert.Contains("has filled the disk", outcome.Output);
        Assert.DoesNotContain("is there", outcome.Output);
        Assert.DoesNotContain("   at ", outcome.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_doctor_colours_its_words_for_a_person_who_wants_it()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/gemma3:4b" } }""");
        var seen = (await PseudoTerminal.RunAsync(folder, "doctor")).Output;
        Assert.Matches(@"\e\[[0-9;]*mok\e\[0m +configuration: no errors", seen);
        Assert.Matches(@"\e\[[0-9;]*mwarn\e\[0m +ollama/gemma3:4b: its context", seen);
        Assert.Matches(@"\e\[[0-9;]*mwrong\e\[0m +ollama/gemma3:4b: it can't call tools", seen);
        var plain = (await PseudoTerminal.RunAsync(folder, "doctor", ("NO_COLOR", "1"))).Output;
        Assert.Contains("ok    configuration: no errors", plain);
        Assert.DoesNotMatch(@"\e\[[0-9;]+m", plain);
    }
}
