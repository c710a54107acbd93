using System.Globalization;
using Dragoman.Discovery;
using Dragoman.Providers;
using Dragoman.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>
/// What <c>dragoman serve</c> says when it is ready: where it listens, what answers, and the lines to paste. The first line goes to standard output, since scripts
/// wait for it; all else is for people, on standard error.
/// </summary>
internal static class Banner
{
    /// <summary>Writes the banner.</summary>
    /// <param name="app">The gateway, started.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="found">What was found on the machine; null when the settings say where models are.</param>
    /// <param name="cancellationToken">Ends the questions to upstreams.</param>
    public static async Task WriteAsync(WebApplication app, DragomanOptions options, Discovered? found, CancellationToken cancellationToken)
    {
        var url = ServeCommand.Url(app);
        AnsiConsole.MarkupLineInterpolated($"[bold]Dragoman[/] {Http.HealthEndpoint.Version} listens on {url}");
        var terminal = Terminal.Error;
        foreach (var notice in options.Notices) terminal.MarkupLineInterpolated($"[yellow]{notice}[/]");
        if (found is not null) FoundNotice.WriteFindings(terminal, found);
        await WriteModelsAsync(terminal, app.Services, options, found, cancellationToken);
        terminal.WriteLine();
        terminal.MarkupLine("Claude Code, in another terminal:");
        terminal.MarkupLineInterpolated($"  [green]dragoman launch{(options.Port == DefaultPort ? "" : $" --port {new Uri(url).Port.ToString(CultureInfo.InvariantCulture)}")} claude[/]");
        terminal.MarkupLineInterpolated($"  [green]ANTHROPIC_BASE_URL={url} ANTHROPIC_AUTH_TOKEN={(string.IsNullOrEmpty(options.Key) ? "dragoman" : "YOUR_KEY")} claude[/]");
        // Clients elsewhere must name an address of this machine, or a host name that is allowed (DNS rebinding).
        if (app.Urls.Any(listens => !listens.Contains("127.0.0.1", StringComparison.Ordinal) && !listens.Contains("[::1]", StringComparison.Ordinal)))
        {
            terminal.MarkupLine("From other machines: this machine's IP address instead of localhost, or a name given with [bold]--allow-host[/].");
        }

        terminal.WriteLine();
    }

    private static readonly int DefaultPort = new DragomanOptions().Port;

    private static async Task WriteModelsAsync(IAnsiConsole terminal, IServiceProvider services, DragomanOptions options, Discovered? found, CancellationToken cancellationToken)
    {
        var router = services.GetRequiredService<Router>();
        var providers = services.GetRequiredService<ProviderSet>();
        var catalog = services.GetRequiredService<ModelCatalog>();
        var target = await router.DefaultTargetAsync(cancellationToken);
        // The demo stands in for the provider that would be asked.
        var list = await catalog.ListAsync(target.Provider == ProviderSet.DemoName ? providers.Default : target.Provider, cancellationToken);
        // Where nothing was found, nobody has asked for this provider.
        if (list.Error is not null && found is not { Default: null }) terminal.MarkupLineInterpolated($"[yellow]{list.Error.Message}[/]");
        var demoAnswers = target.Provider == ProviderSet.DemoName;
        // A server that discovery missed (it was switched off, or the server slow) may answer all the same.
        if (found is { Default: null } && (demoAnswers || list.Models.Count == 0)) FoundNotice.WriteWaysToModels(terminal, demoAnswers);
        // Without an error the demo is what the configuration asks for.
        else if (demoAnswers) terminal.MarkupLine(list.Error is null ? "The built-in [bold]demo[/] answers." : "Until then the built-in [bold]demo[/] answers.");
        if (demoAnswers || (list.Error is not null && list.Models.Count == 0)) return;

        if (found is { Tiers.Count: > 0 } && !options.DefaultModelChosenByUser(found)) WriteTiers(terminal, found.Tiers);
        else WriteMap(terminal, list, options, target);
        if (found is null && !providers[target.Provider].TakesClaudeNames) WriteSubstitutes(terminal, router, list);
    }

    private static bool DefaultModelChosenByUser(this DragomanOptions options, Discovered found) => options.DefaultModelChosen && found.Tiers.All(tier => tier.Target.ToString() != options.DefaultModel);

    private static void WriteTiers(IAnsiConsole terminal, IReadOnlyList<Tier> tiers)
    {
        foreach (var tier in tiers)
        {
            var window = tier.Model.MaxInputTokens is { } tokens ? string.Create(CultureInfo.InvariantCulture, $"  {tokens:N0} tokens") : "";
            terminal.MarkupLineInterpolated($"  {tier.Name,-7} -> [bold]{tier.Target}[/]{window}{(tier.Model.Tools ? "" : "  calls no tools: good for talk, not for work")}");
        }
    }

    private static void WriteMap(IAnsiConsole terminal, ModelList list, DragomanOptions options, Target target)
    {
        terminal.MarkupLineInterpolated($"Default model: [bold]{target}[/], {list.Models.Count} {(list.Models.All(model => model.Remote) ? "offered" : "installed")}");
        foreach (var (pattern, models) in options.Models) terminal.MarkupLineInterpolated($"  {pattern} -> {models.ToString()}");
        foreach (var (role, models) in options.Roles) terminal.MarkupLineInterpolated($"  role {role} -> {models.ToString()}");
        if (options.DefaultModelChosen) return;
        foreach (var model in list.Models.Where(model => model.StandsFor.Count > 0)) terminal.MarkupLineInterpolated($"  {string.Join(", ", model.StandsFor)} -> {model.Name}");
    }

    private static void WriteSubstitutes(IAnsiConsole terminal, Router router, ModelList list)
    {
        if (!router.Map.IsDefault) return;
        var substituted = router.Map.Names.Select(name => router.Map.ByDefault(name)!.Choice.Models[0].Model).Distinct(StringComparer.Ordinal)
            .Select(mapped => (Mapped: mapped, Available: router.Available(mapped, list))).Where(pair => pair.Available != pair.Mapped)
            .GroupBy(pair => pair.Available, pair => pair.Mapped, StringComparer.Ordinal);
        foreach (var group in substituted)
        {
            terminal.MarkupLineInterpolated($"{string.Join(", ", group)} of the default map {(group.Count() == 1 ? "is" : "are")} not installed: [bold]{group.Key}[/] answers instead.");
        }
    }
}
