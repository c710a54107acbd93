using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Dragoman.Messages;
using Dragoman.Providers;

namespace Dragoman.Cli.Doctor;

/// <summary>Checks of the upstreams and the models that would answer. They ask for lists and counts, which cost nothing.</summary>
internal static class ProviderChecks
{
    private const string Probe = """{"model":"probe","max_tokens":1,"messages":[{"role":"user","content":"Hello"}]}""";

    // Claude Code's system prompt and tools, before the first word of the user (measured: about 48 KB, and 73 KB of tools when they are not searched for).
    private const int ClaudeCodeTokens = 25_000;

    // What Ollama's own documents ask for an agent; with less Claude Code compacts its conversation every few steps.
    private const int ComfortableTokens = 64_000;

    private static readonly (string Tier, string Name)[] Tiers = [("opus", "claude-opus-4-5"), ("sonnet", "claude-sonnet-4-5"), ("haiku", "claude-haiku-4-5")];

    /// <summary>Every provider can be asked for its models, which needs the network and, mostly, the key.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ReachableAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in patient.Names)
        {
            var list = await patient.ListAsync(name, cancellationToken);
            if (list.Error is { } error) yield return DoctorFinding.Wrong(name, FoundModels.Reason(name, error.Message));
            else if (list.Models.Count == 0) yield return DoctorFinding.Warning(name, "answers, but has no models", patient.Providers[name] is ILocalModels ? "dragoman pull qwen3:8b" : null);
            else yield return DoctorFinding.Good(name, $"answers, {list.Models.Count} models");
        }

        if (patient.Default.Provider == ProviderSet.DemoName) yield return DoctorFinding.Wrong("default model", "no provider answers, so the built-in demo would");
    }

    /// <summary>The default model is there, and so is what Claude's names lead to.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ModelsAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await CanJudgeAsync(patient, patient.Default.Provider, cancellationToken)) yield break;
        if (await patient.DefaultModelAsync(cancellationToken) is { } model) yield return DoctorFinding.Good(patient.Default.ToString(), $"there, the default model ({Describe(model)})");
        else yield return DoctorFinding.Wrong(patient.Default.ToString(), "the default model is not there", Missing(patient, patient.Default));
        foreach (var (tier, name) in Tiers)
        {
            var target = (await patient.Router.RouteAsync(name, cancellationToken)).Targets[0];
            if (target == patient.Default || !await CanJudgeAsync(patient, target.Provider, cancellationToken)) continue;
            var found = (await patient.ListAsync(target.Provider, cancellationToken)).Find(target.Model) is not null;
            if (!found) yield return DoctorFinding.Warning(target.ToString(), $"{tier} leads there, and it is not there", Missing(patient, target));
        }
    }

    /// <summary>The default model calls tools, and has room for what Claude Code sends.</summary>
    public static async IAsyncEnumerable<DoctorFinding> AgentAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (patient.Default.Provider == ProviderSet.DemoName || await patient.DefaultModelAsync(cancellationToken) is not { } model) yield break;
        if (!model.Tools) yield return DoctorFinding.Wrong(patient.Default.ToString(), "it can't call tools, and an agent does nothing else", "a model with tools: dragoman models lists them");
        if (model.MaxInputTokens is not { } context) yield break;
        var sizes = string.Create(CultureInfo.InvariantCulture, $"its context is {context:N0} tokens, and Claude Code's first request alone has about {ClaudeCodeTokens:N0}");
        var fix = patient.Providers[patient.Default.Provider] is ILocalModels ? "raise numCtx as far as the memory allows (docs/configuration.md), or take a smaller model" : "a model with a larger context";
        if (context < ClaudeCodeTokens) yield return DoctorFinding.Wrong(patient.Default.ToString(), sizes, fix);
        else if (context < ComfortableTokens) yield return DoctorFinding.Warning(patient.Default.ToString(), sizes + ": little room for work", fix);
        else yield return DoctorFinding.Good(patient.Default.ToString(), string.Create(CultureInfo.InvariantCulture, $"context {context:N0} tokens"));
    }

    /// <summary>What is in memory runs on the graphics card, and with the context that requests ask for.</summary>
    public static async IAsyncEnumerable<DoctorFinding> MemoryAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in patient.Names)
        {
            if (patient.Providers[name] is not ILocalModels local || (await patient.ListAsync(name, cancellationToken)).Error is not null) continue;
            foreach (var loaded in await LoadedAsync(local, cancellationToken))
            {
                var subject = $"{name}/{loaded.Name}";
                if (loaded.VramShare < 1) yield return DoctorFinding.Warning(subject, string.Create(CultureInfo.InvariantCulture, $"{(1 - loaded.VramShare) * 100:0} % of it runs on the CPU, which is many times slower"), "a smaller model, a smaller numCtx, or OLLAMA_KV_CACHE_TYPE=q8_0 for the server");
                else yield return DoctorFinding.Good(subject, "loaded, all of it on the graphics card");
                var wanted = (await patient.ListAsync(name, cancellationToken)).Find(loaded.Name)?.MaxInputTokens;
                if (loaded.ContextTokens < wanted) yield return DoctorFinding.Warning(subject, string.Create(CultureInfo.InvariantCulture, $"another program has loaded it with a context of {loaded.ContextTokens:N0} tokens; the first request loads it anew with {wanted:N0}"), $"dragoman warm {subject}");
            }
        }
    }

    /// <summary>A list of models may be public, or a table; a count needs the key, the project and the model.</summary>
    public static async IAsyncEnumerable<DoctorFinding> AuthenticatedAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await CanJudgeAsync(patient, patient.Default.Provider, cancellationToken) || !patient.Providers[patient.Default.Provider].TakesClaudeNames) yield break;
        var counted = await patient.Providers[patient.Default.Provider].CountTokensAsync(MessagesParser.Parse(Encoding.UTF8.GetBytes(Probe)), patient.Default, cancellationToken);
        yield return counted is not null
            ? DoctorFinding.Good(patient.Default.ToString(), $"answers ({counted} tokens counted)")
            : DoctorFinding.Wrong(patient.Default.ToString(), "did not count a prompt of one word", "check the key or the credentials, and that this model may be used with them");
    }

    private static async Task<bool> CanJudgeAsync(DoctorPatient patient, string provider, CancellationToken cancellationToken) =>
        provider != ProviderSet.DemoName && (await patient.ListAsync(provider, cancellationToken)).Error is null;

    private static async Task<IReadOnlyList<LoadedModel>> LoadedAsync(ILocalModels local, CancellationToken cancellationToken)
    {
        try
        {
            return await local.ListLoadedAsync(cancellationToken);
        }
        catch (UpstreamException)
        {
            // ollama.com lists its models and doesn't say what runs.
            return [];
        }
    }

    private static string Missing(DoctorPatient patient, Target target) => patient.Providers[target.Provider] is ILocalModels
        ? $"dragoman pull {target}"
        : "choose one of `dragoman models` with --default-model or in `models`";

    private static string Describe(ModelInfo model)
    {
        string?[] parts = [model.SizeBytes is { } size ? Quantities.Bytes(size) : null, model.Tools ? "tools" : null, model.Vision ? "vision" : null, model.Thinking ? "thinking" : null];
        return parts.OfType<string>().ToList() is { Count: > 0 } known ? string.Join(", ", known) : "nothing more is known of it";
    }
}
