using System.Text.Json;

namespace Dragoman.Discovery;

/// <summary>What there is, and what stands for each tier: becomes ordinary settings, so that nothing behind them is special.</summary>
/// <param name="Findings">All that was looked at and has something to say: usable, or not and why.</param>
/// <param name="Tiers">What stands for each tier; empty when there is no model.</param>
internal sealed record Discovered(IReadOnlyList<Finding> Findings, IReadOnlyList<Tier> Tiers)
{
    /// <summary>The providers to configure, the one that answers first.</summary>
    public IReadOnlyList<Finding> Providers
    {
        get
        {
            var usable = Findings.Where(finding => finding.IsUsable).ToList();
            var first = Default;
            return first is null ? usable : [first, .. usable.Where(finding => finding != first)];
        }
    }

    /// <summary>The provider that answers; null when nobody does.</summary>
    public Finding? Default => Tiers is [{ } first, ..]
        ? Findings.First(finding => finding.Name == first.Target.Provider)
        : Findings.FirstOrDefault(finding => finding is { IsUsable: true, Source.Type: "anthropic" });

    /// <summary>Puts it into settings that say nothing of upstreams. Unchanged when nobody answers.</summary>
    public void Apply(DragomanOptions options)
    {
        if (Default is null) return;
        options.UpstreamChosen = true;
        options.Providers.Clear();
        foreach (var finding in Providers) options.Providers[finding.Name] = finding.Section;
        // A model that the user chose without saying where: it stands for all names.
        if (options.DefaultModelChosen || Tiers.Count == 0) return;
        foreach (var tier in Tiers) options.Models[Pattern(tier.Name)] = JsonText(tier.Target.ToString());
        options.DefaultModel = Tiers[Math.Min(1, Tiers.Count - 1)].Target.ToString();
    }

    /// <summary>The Claude names of a tier, old and new: <c>claude-opus-4-5</c>, <c>claude-3-opus-20240229</c>.</summary>
    public static string Pattern(string tier) => $"claude-*{tier}*";

    private static JsonElement JsonText(string text) => JsonDocument.Parse($"\"{JsonEncodedText.Encode(text)}\"").RootElement;
}
