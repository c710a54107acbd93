using System.Text.Json;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Cli;

/// <summary>What the tests of <c>dragoman doctor</c> have in common.</summary>
internal static class Examination
{
    /// <summary>A model that does what it is asked for.</summary>
    public static ChatReply Works(ChatCall call) =>
        call.ToolNames.Count > 0 ? new ChatReply().ToolCall("get_weather", """{"city":"Paris"}""") : call.Thinks ? new ChatReply().Thinking("hm").Text("9.9") : new ChatReply().Text("Hello");

    /// <summary>Examines with this configuration, in a folder of its own.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<(string Level, string Subject, string Message, string? Fix)> Findings)> OfAsync(string configuration, params string[] options)
    {
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With(configuration), ["doctor", "--json", .. options]);
        return (outcome.ExitCode, Findings(outcome));
    }

    /// <summary>The findings that were printed as JSON.</summary>
    public static List<(string Level, string Subject, string Message, string? Fix)> Findings(ProgramOutcome outcome)
    {
        Assert.StartsWith("{", outcome.Output.Length > 0 ? outcome.Output : outcome.ToString(), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(outcome.Output);
        return [.. json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => (
            finding.GetProperty("level").GetString()!, finding.GetProperty("subject").GetString()!, finding.GetProperty("message").GetString()!, finding.TryGetProperty("fix", out var fix) ? fix.GetString() : null))];
    }

    /// <summary>Puts a program that tells this version into a folder; a test's program has its folder as PATH and home.</summary>
    public static void Install(string folder, string program, string version) => InstallScript(folder, program, $"echo '{version}'");

    /// <summary>Puts a shell script into a folder.</summary>
    public static void InstallScript(string folder, string program, string body)
    {
        Assert.False(OperatingSystem.IsWindows(), "the clients of this test are shell scripts");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, program);
        File.WriteAllText(file, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
