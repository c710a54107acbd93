using System.CommandLine;
using System.Globalization;
using Dragoman.Providers;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dragoman.Cli;

/// <summary><c>dragoman pull</c>: fetches a model, with a bar for each of its layers on a terminal and lines of text elsewhere. Interrupted, it goes on the next time.</summary>
internal static class PullCommand
{
    // "sha256:" and as many digits as Ollama shows of a layer.
    private const int ShownDigestCharacters = 12;

    /// <summary>Adds the command.</summary>
    public static void AddTo(RootCommand root) => LocalModelCommand.AddTo(root, "pull", "Download a model; what has arrived is kept when it is interrupted", static async (provider, model, cancellationToken) =>
    {
        if (Console.IsOutputRedirected) await PrintLinesAsync(provider.PullAsync(model, cancellationToken));
        else await ShowBarsAsync(provider.PullAsync(model, cancellationToken));
        AnsiConsole.MarkupLineInterpolated($"[green]{model} is there[/]");
    });

    private static async Task PrintLinesAsync(IAsyncEnumerable<PullProgress> pull)
    {
        var (said, milestones) = ("", default(Milestones));
        await foreach (var step in pull)
        {
            if (step.Status != said)
            {
                (said, milestones) = (step.Status, default);
                if (step.TotalBytes <= 0) AnsiConsole.WriteLine(step.Status);
            }

            if (step.TotalBytes <= 0 || !milestones.Reached(step.CompletedBytes, step.TotalBytes, out var percent)) continue;
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step.Status}: {percent} % of {Quantities.Bytes(step.TotalBytes)}"));
        }
    }

    private static Task ShowBarsAsync(IAsyncEnumerable<PullProgress> pull) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new BytesColumn(), new RemainingTimeColumn())
        .StartAsync(async progress =>
        {
            var layers = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
            await foreach (var step in pull)
            {
                if (step.Layer is not { } layer || step.TotalBytes <= 0)
                {
                    // A line above the bars: a large file is verified for minutes.
                    if (step.Layer is null) AnsiConsole.MarkupLineInterpolated($"[grey]{step.Status}[/]");
                    continue;
                }

                if (!layers.TryGetValue(layer, out var bar)) layers[layer] = bar = progress.AddTask(Short(layer), maxValue: step.TotalBytes);
                bar.Value = step.CompletedBytes;
            }

            foreach (var bar in layers.Values) bar.Value = bar.MaxValue;
        });

    private static string Short(string layer)
    {
        var digest = layer[(layer.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return digest.Length > ShownDigestCharacters ? digest[..ShownDigestCharacters] : digest;
    }

    // The library's own columns count in powers of 1024, all other sizes here are decimal, as Ollama's are.
    private sealed class BytesColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var speed = task.Speed is > 0 and var perSecond && !task.IsFinished ? $", {Quantities.Bytes((long)perSecond)}/s" : "";
            return new Text($"{Quantities.Bytes((long)task.Value)} of {Quantities.Bytes((long)task.MaxValue)}{speed}");
        }
    }
}
