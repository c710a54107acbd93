using Dragoman.Discovery;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>What was found on the machine, in lines for people.</summary>
internal static class FoundNotice
{
    /// <summary>Writes who is there: usable or not, and why.</summary>
    public static void WriteFindings(IAnsiConsole terminal, Discovered found)
    {
        foreach (var finding in found.Findings)
        {
            if (finding.IsUsable) terminal.MarkupLineInterpolated($"  [green]found[/]   {finding.Name,-12} {finding.Where}{Models(finding)}");
            else terminal.MarkupLineInterpolated($"  [yellow]not[/]     {finding.Name,-12} {finding.Where}: {finding.Problem}");
        }
    }

    /// <summary>Writes the three shortest ways to a real model.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="demoAnswers">Meanwhile the demo answers.</param>
    public static void WriteWaysToModels(IAnsiConsole terminal, bool demoAnswers)
    {
        terminal.MarkupLine($"No model was found{(demoAnswers ? ", so the built-in [bold]demo[/] answers" : "")}. The shortest ways to a real one:");
        terminal.MarkupLine("  1. on this machine: install Ollama (https://ollama.com), then [green]ollama pull qwen3:8b[/]");
        terminal.MarkupLine("  2. free in the cloud: a key from https://aistudio.google.com/apikey, then [green]GEMINI_API_KEY=… dragoman[/]");
        terminal.MarkupLine("  3. any other: [green]OPENROUTER_API_KEY=… dragoman[/], OPENAI_API_KEY, ANTHROPIC_API_KEY and others, or LM Studio, llama.cpp, vLLM");
    }

    private static string Models(Finding finding) => finding.Models.Count switch { 0 => "", 1 => ", 1 model", var count => $", {count} models" };
}
