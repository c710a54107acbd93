using System.Globalization;
using Dragoman.Discovery;
using Spectre.Console;

namespace Dragoman.Cli.Launch;

/// <summary>What a person sees before the client takes the terminal: who answers, and what to expect. On standard error: standard output is the client's.</summary>
internal static class LaunchNotice
{
    /// <summary>Writes it.</summary>
    public static void Write(Client client, LaunchedGateway gateway, ServedModels served)
    {
        var terminal = Terminal.Error;
        terminal.MarkupLineInterpolated($"[bold]Dragoman[/] {Http.HealthEndpoint.Version}, {gateway.Url}{(gateway.RanAlready ? " (it ran already)" : "")}");
        if (gateway.Version != Http.HealthEndpoint.Version) terminal.MarkupLineInterpolated($"[yellow]The gateway that runs there has another version, {gateway.Version}: restart it after an update.[/]");
        foreach (var notice in gateway.Notices) terminal.MarkupLineInterpolated($"[yellow]{notice}[/]");
        if (served.Only is { } only) WriteModel(terminal, "all", only);
        foreach (var model in served.Only is null ? served.Tiers : []) WriteModel(terminal, model.Tier, model);
        if (gateway.Found is { Default: null }) FoundNotice.WriteWaysToModels(terminal, demoAnswers: served.Main is { IsDemo: true });
        if (served.Window is { } window && window < TierRules.AgentTokens)
        {
            terminal.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]{served.Main!.Name} reads {window:N0} tokens; {client.Title} alone sends about {TierRules.AgentTokens:N0}. Give it more (with Ollama: OLLAMA_CONTEXT_LENGTH=65536).[/]");
        }

        if (gateway.Log.File is { } file) terminal.MarkupLineInterpolated($"Log: {file}");
        if (gateway.Log.Problem is { } problem) terminal.MarkupLineInterpolated($"[yellow]This launch has no log: {problem}.[/]");
        terminal.WriteLine();
    }

    private static void WriteModel(IAnsiConsole terminal, string tier, ServedModel model)
    {
        var window = model.ContextTokens is { } tokens ? string.Create(CultureInfo.InvariantCulture, $"  {tokens:N0} tokens") : "";
        terminal.MarkupLineInterpolated($"  {tier,-7} {string.Join(", then ", model.Targets)}{window}");
    }
}
