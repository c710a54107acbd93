using System.Globalization;
using System.Runtime.CompilerServices;
using Dragoman.Discovery;
using Dragoman.Providers;

namespace Dragoman.Cli.Doctor;

/// <summary>Checks of the models that would answer, by what their providers say of them.</summary>
internal static class ModelChecks
{
    // What Ollama's own documents ask for an agent; with less Claude Code compacts its conversation every few steps.
    private const int ComfortableTokens = 64_000;

    // The round number above it, which is how contexts are given.
    private const int SuggestedTokens = 65_536;

    /// <summary>The default model is there, and so is what the tiers lead to.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ThereAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (patient.Default.Provider == ProviderSet.DemoName || (await patient.ListAsync(patient.Default.Provider, cancellationToken)).Error is not null) yield break;
        if (await patient.DefaultModelAsync(cancellationToken) is { } model) yield return DoctorFinding.Good(patient.Default.ToString(), $"there, the default model ({Describe(model)})");
        else yield return DoctorFinding.Wrong(patient.Default.ToString(), "the default model is not there", Missing(patient, patient.Default));
        foreach (var tier in await patient.TierModelsAsync(cancellationToken))
        {
            yield return tier.Info is { } info
                ? DoctorFinding.Good(tier.Target.ToString(), $"there, for {Names(tier)} ({Describe(info)})")
                : DoctorFinding.Warning(tier.Target.ToString(), $"{Names(tier)} {(tier.Tiers.Count > 1 ? "lead" : "leads")} there, and it is not there", Missing(patient, tier.Target));
        }
    }

    /// <summary>The models call tools, and have room for what Claude Code sends.</summary>
    public static async IAsyncEnumerable<DoctorFinding> AgentAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (patient.Default.Provider != ProviderSet.DemoName && await patient.DefaultModelAsync(cancellationToken) is { } model)
        {
            foreach (var finding in Judge(patient.Default, model, FindingLevel.Wrong)) yield return finding;
        }

        foreach (var tier in await patient.TierModelsAsync(cancellationToken))
        {
            if (tier.Info is not { } info) continue;
            // A model for side requests alone answers most of them without tools and with a short prompt.
            foreach (var finding in Judge(tier.Target, info, tier.IsAgent ? FindingLevel.Wrong : FindingLevel.Warning)) yield return finding;
        }
    }

    private static IEnumerable<DoctorFinding> Judge(Target target, ModelInfo model, FindingLevel unfit)
    {
        var subject = target.ToString();
        if (!model.Tools) yield return new DoctorFinding(unfit, subject, "it can't call tools, and an agent does nothing else", "a model with tools: dragoman models lists them");
        if (model.MaxInputTokens is not { } context) yield break;
        var sizes = string.Create(CultureInfo.InvariantCulture, $"its context is {context:N0} tokens, and Claude Code's first request alone has about {TierRules.AgentTokens:N0}");
        if (context < TierRules.AgentTokens) yield return new DoctorFinding(unfit, subject, sizes, Larger(model, context));
        else if (context < ComfortableTokens) yield return DoctorFinding.Warning(subject, sizes + ": little room for work", Larger(model, context));
        else yield return DoctorFinding.Good(subject, string.Create(CultureInfo.InvariantCulture, $"context {context:N0} tokens"));
    }

    // How much the card or the memory still holds, nobody tells: what it would take is what can be said.
    private static string Larger(ModelInfo model, int context)
    {
        if (model.Room is not { } room) return "a model with a larger context";
        var next = Math.Min(SuggestedTokens, room.MostTokens ?? SuggestedTokens);
        if (next <= context) return string.Create(CultureInfo.InvariantCulture, $"a model with a larger context: this one was trained for {room.MostTokens:N0} tokens");
        var memory = room.BytesPerToken is { } bytes ? $"takes up to {Quantities.Bytes((next - context) * bytes)} more memory" : "takes more memory";
        var alternative = next < ComfortableTokens ? string.Create(CultureInfo.InvariantCulture, $"; or a model with a larger context, as this one was trained for {next:N0} tokens") : "";
        return string.Create(CultureInfo.InvariantCulture, $"set {room.Setting} to {next} where there is room (it {memory}; `dragoman models` tells whether the model still runs on the graphics card){alternative}");
    }

    private static string Names(TierModel tier) => string.Join(" and ", tier.Tiers);

    private static string Missing(DoctorPatient patient, Target target) => patient.Providers[target.Provider] is ILocalModels
        ? $"dragoman pull {target}"
        : "choose one of `dragoman models` with --default-model or in `models`";

    private static string Describe(ModelInfo model)
    {
        string?[] parts = [model.SizeBytes is { } size ? Quantities.Bytes(size) : null, model.Tools ? "tools" : null, model.Vision ? "vision" : null, model.Thinking ? "thinking" : null];
        return parts.OfType<string>().ToList() is { Count: > 0 } known ? string.Join(", ", known) : "nothing more is known of it";
    }
}
