using System.Diagnostics;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Cli;

/// <summary>What <c>dragoman pull</c> shows to a person: at a pseudo-terminal, which the program <c>script</c> makes.</summary>
public sealed class PullProgressTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_terminal_gets_a_bar_for_each_layer()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "needs util-linux's script for a pseudo-terminal");
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent() with { Pullable = [new SimulatedModel { Name = "tiny:1b", Size = 1_000_000_000 }] });
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        var start = new ProcessStartInfo("/usr/bin/script", ["-qefc", $"{Path.Combine(AppContext.BaseDirectory, "dragoman")} pull tiny:1b", "/dev/null"]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        using var script = Process.Start(start)!;
        script.StandardInput.Close();
        var shown = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, shown);
        Assert.Contains("━", shown);
        Assert.Contains("100%", shown);
        Assert.Contains("\e[", shown);
        Assert.Contains("tiny:1b is there", shown);
    }
}
