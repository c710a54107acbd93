using System.Diagnostics;

namespace Dragoman.Tests.Cli;

/// <summary>The real program at a pseudo-terminal, which util-linux's <c>script</c> makes.</summary>
internal static class PseudoTerminal
{
    private const string Script = "/usr/bin/script";

    /// <summary>Runs it to its end. The output is what a person would see, with all that moves and colours it.</summary>
    public static async Task<ProgramOutcome> RunAsync(string folder, string command, params (string Name, string Value)[] environment)
    {
        Assert.SkipUnless(File.Exists(Script), "needs util-linux's script for a pseudo-terminal");
        var start = new ProcessStartInfo(Script, ["-qefc", $"{Path.Combine(AppContext.BaseDirectory, "dragoman")} {command}", "/dev/null"]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment.Remove("NO_COLOR");
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var script = Process.Start(start)!;
        script.StandardInput.Close();
        var shown = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return new ProgramOutcome(script.ExitCode, shown, "");
    }
}
