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

    /// <summary>Every provider can be asked for its models, which needs the network and, mostly, the key.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ReachableAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in patient.Names)
        {
            var list = await patient.ListAsync(name, cancellationToken);
            if (list.Error is { } error) yield return DoctorFinding.Wrong(name, FoundModels.Reason(name, error.Message));
            else if (list.Models.Count == 0) yield return DoctorFinding.Warning(name, "answers, but has no models", patient.Providers[name] is ILocalModels ? "dragoman pull qwen3:8b" : null);
            else yield return DoctorFinding.Good(name, $"answers, {list.Models.Count} models{(await VersionAsync(patient, name, cancellationToken) is { } version ? $", version {version.Number}" : "")}");
        }

        if (patient.Default.Provider == ProviderSet.DemoName) yield return DoctorFinding.Wrong("default model", "no provider answers, so the built-in demo would");
    }

    /// <summary>A server that people run themselves is new enough for what the gateway asks of it.</summary>
    public static async IAsyncEnumerable<DoctorFinding> VersionsAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in patient.Names)
        {
            if (await CanJudgeAsync(patient, name, cancellationToken) && await VersionAsync(patient, name, cancellationToken) is { Lacks.Count: > 0 } old)
            {
                yield return DoctorFinding.Warning(name, $"its version, {old.Number}, is old: {string.Join("; ", old.Lacks)}", old.Update);
            }
        }
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

    private static async Task<ServerVersion?> VersionAsync(DoctorPatient patient, string provider, CancellationToken cancellationToken)
    {
        try
        {
            return patient.Providers[provider] is ILocalModels local ? await local.VersionAsync(cancellationToken) : null;
        }
        catch (UpstreamException)
        {
            // It lists its models, so it is there: a server that only speaks the same language.
            return null;
        }
    }

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
}
