using Dragoman.Providers;
using Dragoman.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>What <c>dragoman serve</c> says when it is ready: where it listens, what answers, and the two lines to paste.</summary>
internal static class Banner
{
    /// <summary>Writes the banner.</summary>
    public static async Task WriteAsync(WebApplication app, DragomanOptions options, CancellationToken cancellationToken)
    {
        var url = ServeCommand.Url(app);
        // Scripts wait for this line, so it is plain text and the first.
        AnsiConsole.MarkupLineInterpolated($"[bold]Dragoman[/] {Http.HealthEndpoint.Version} listens on {url}");
        foreach (var notice in options.Notices) AnsiConsole.MarkupLineInterpolated($"[yellow]{notice}[/]");
        var router = app.Services.GetRequiredService<Router>();
        var providers = app.Services.GetRequiredService<ProviderSet>();
        var target = await router.DefaultTargetAsync(cancellationToken);
        var catalog = app.Services.GetRequiredService<ModelCatalog>();
        // The demo stands in for the provider that would be asked.
        var list = await catalog.ListAsync(target.Provider == ProviderSet.DemoName ? providers.Default : target.Provider, cancellationToken);
        if (target.Provider == ProviderSet.DemoName)
        {
            // Without an error the demo is what the configuration asks for.
            if (list.Error is not null) AnsiConsole.MarkupLineInterpolated($"[yellow]{list.Error.Message}[/]");
            AnsiConsole.MarkupLine(list.Error is null ? "The built-in [bold]demo[/] answers." : "Until then the built-in [bold]demo[/] answers.");
        }
        else
        {
            if (list.Error is not null) AnsiConsole.MarkupLineInterpolated($"[yellow]{list.Error.Message}[/]");
            WriteModels(list, options, target);
            if (!providers[target.Provider].TakesClaudeNames) WriteSubstitutes(router, list);
        }

        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLine("Claude Code, in another terminal:");
        AnsiConsole.MarkupLineInterpolated($"  [green]ANTHROPIC_BASE_URL={url} ANTHROPIC_AUTH_TOKEN={(string.IsNullOrEmpty(options.Key) ? "dragoman" : "YOUR_KEY")} claude[/]");
        // Clients elsewhere must name an address of this machine, or a host name that is allowed (DNS rebinding).
        if (app.Urls.Any(listens => !listens.Contains("127.0.0.1", StringComparison.Ordinal) && !listens.Contains("[::1]", StringComparison.Ordinal)))
        {
            AnsiConsole.MarkupLine("From other machines: this machine's IP address instead of localhost, or a name given with [bold]--allow-host[/].");
        }

        AnsiConsole.WriteLine();
    }

    private static void WriteModels(ModelList list, DragomanOptions options, Target target)
    {
        AnsiConsole.MarkupLineInterpolated($"Default model: [bold]{target}[/], {list.Models.Count} {(list.Models.All(model => model.Remote) ? "offered" : "installed")}");
        foreach (var (pattern, models) in options.Models) AnsiConsole.MarkupLineInterpolated($"  {pattern} -> {models.ToString()}");
        foreach (var (role, models) in options.Roles) AnsiConsole.MarkupLineInterpolated($"  role {role} -> {models.ToString()}");
        if (options.DefaultModelChosen) return;
        foreach (var model in list.Models.Where(model => model.StandsFor.Count > 0)) AnsiConsole.MarkupLineInterpolated($"  {string.Join(", ", model.StandsFor)} -> {model.Name}");
    }

    private static void WriteSubstitutes(Router router, ModelList list)
    {
        if (!router.Map.IsDefault) return;
        var substituted = router.Map.Names.Select(name => router.Map.ByDefault(name)!.Choice.Models[0].Model).Distinct(StringComparer.Ordinal)
            .Select(mapped => (Mapped: mapped, Substitute: router.Substitute(mapped, list))).Where(pair => pair.Substitute is not null)
            .GroupBy(pair => pair.Substitute!, pair => pair.Mapped, StringComparer.Ordinal);
        foreach (var group in substituted)
        {
            AnsiConsole.MarkupLineInterpolated($"{string.Join(", ", group)} of the default map {(group.Count() == 1 ? "is" : "are")} not installed: [bold]{group.Key}[/] answers instead.");
        }
    }
}
