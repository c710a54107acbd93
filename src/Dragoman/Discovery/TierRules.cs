using System.Globalization;
using System.Text.RegularExpressions;
using Dragoman.Providers;

namespace Dragoman.Discovery;

/// <summary>
/// Which of the models that are there stands for which of Claude's tiers. Two tables of rules, one for opus and sonnet, one for haiku: of all models those are
/// kept that fit the first rule best, of these those that fit the second best, and so on. Pure.
/// </summary>
internal static partial class TierRules
{
    /// <summary>What Claude Code sends before the user has said a word, in tokens, with a little room to work (measured: about 48 KB, and 73 KB of tools when they are not searched for).</summary>
    public const int AgentTokens = 25_000;

    // Where a server tells no size: 4 bits a parameter (what Ollama and LM Studio load by default) with their scales, 4.85 in all, and the conversation's cache.
    private const double BytesOfBillion = 0.75e9;

    // The conversation's cache where a server tells the size of the weights alone.
    private const double CacheBytesOfBillion = 0.15e9;

    // A model below writes code that doesn't compile, whatever it was made for.
    private const double LeastBillionsForCode = 7;

    // Names are compared without dashes and underscores: Ollama's llama3.1 is Llama-3.1 in files.
    // Families whose tool calls fail in an agent's long conversations: Ollama's own launcher warns of the first two lines (ollama/ollama, cmd/launch/deprecated_models.go); the
    // others are of the same age or older, some of them made for completing code.
    private static readonly string[] PoorAgents =
    [
        "codellama", "qwen2.5", "llama3", "mistral:", "mistral7b", "starcoder", "deepseekr1",
        "codeqwen", "codestral", "codegemma", "deepseekcoder", "gemma2", "llama2", "mixtral", "phi3", "tinyllama", "yicoder", "opencoder",
    ];

    // What Ollama recommends for agents or lists for them (ollama/ollama, cmd/launch/models.go; docs/integrations/*.mdx), and all that is made for code.
    private static readonly string[] GoodAgents =
    [
        "coder", "devstral", "codex", "gptoss", "glm4.", "glm5", "qwen3.", "qwen3next", "gemma4", "nemotron3", "minimaxm", "kimik", "deepseekv3", "deepseekv4", "mistralmedium3", "mistrallarge3",
    ];

    /// <summary>For opus and sonnet. The same for both: a machine that holds one large model would load them in turns.</summary>
    public static IReadOnlyList<TierRule> ForLarge { get; } =
    [
        new("calls tools", it => it.Model.Tools),
        new("runs on this machine", it => !it.Model.Remote),
        new("fits into memory", it => it.Bytes <= it.Memory.Usable),
        new("has room for an agent's prompt", it => HasRoom(it.Model)),
        new("is no family that fails as an agent", it => !Has(it.Model, PoorAgents)),
        new("fits on the graphics card, and is not tiny", it => FitsOnCard(it) && IsNotTiny(it)),
        new("is known as a good agent or made for code, and not tiny", it => Has(it.Model, GoodAgents) && IsNotTiny(it)),
        new("is the largest", it => it.Billions),
        new("is the newest", it => it.Model.CreatedAt.ToUnixTimeSeconds()),
    ];

    /// <summary>For haiku: titles, summaries, searches.</summary>
    public static IReadOnlyList<TierRule> ForSmall { get; } =
    [
        new("calls tools", it => it.Model.Tools),
        new("runs on this machine", it => !it.Model.Remote),
        new("fits into memory beside the large one, or is the large one", it => it.IsLarge || it.Bytes + it.LargeBytes <= it.Memory.Usable),
        new("has room for an agent's prompt", it => HasRoom(it.Model)),
        new("is no family that fails as an agent", it => !Has(it.Model, PoorAgents)),
        new("fits on the graphics card beside the large one, or is the large one", it => it.IsLarge || FitsOnCard(it)),
        new("is small but not tiny (2 to 9 billion), else the large one itself", it => it.Billions is >= 2 and <= 9 ? 2 : it.IsLarge ? 1 : 0),
        new("is the largest", it => it.Billions),
        new("is the newest", it => it.Model.CreatedAt.ToUnixTimeSeconds()),
    ];

    [GeneratedRegex(@"(?<![\w.])(?<billions>\d+(\.\d+)?)b(?![a-z])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SizeInName();

    /// <summary>What stands for each tier; empty when there is no model that writes text.</summary>
    public static IReadOnlyList<Tier> Choose(IReadOnlyList<Finding> findings, MachineMemory memory)
    {
        var local = findings.Where(finding => finding is { IsUsable: true, Source.IsLocal: true }).ToList();
        var here = local.SelectMany(finding => Candidates(finding, memory)).ToList();
        if (Best(here, ForLarge) is { } large)
        {
            var small = Best([.. here.Select(it => it with { IsLarge = it == large, LargeBytes = large.Bytes })], ForSmall)!;
            return [TierOf("opus", large), TierOf("sonnet", large), TierOf("haiku", small)];
        }

        // Of the services one: what a key may spend is not spread over several bills.
        var service = findings.FirstOrDefault(finding => finding is { IsUsable: true, Source.IsLocal: false, Models.Count: > 0 });
        // It has Claude's own names, or whatever its user has put behind them.
        if (service?.Source.Type == "anthropic") return [];
        return service is null ? [] : [.. Tier.Names.Select(tier => OfService(service, tier, memory)).OfType<Tier>()];
    }

    /// <summary>The size of a model in billions of parameters: what its server says, else what its name says; 0 when neither does.</summary>
    public static double Billions(ModelInfo model)
    {
        if (model.Billions > 0) return model.Billions;
        return SizeInName().Match(model.Name) is { Success: true } match ? double.Parse(match.Groups["billions"].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Whether an agent's prompt fits; a model whose context nobody knows is given the benefit of the doubt.</summary>
    public static bool HasRoom(ModelInfo model) => model.MaxInputTokens is null or >= AgentTokens;

    private static IEnumerable<Candidate> Candidates(Finding finding, MachineMemory memory) =>
        finding.Models.Where(model => model.Generates).Select(model => new Candidate(finding.Name, model, Billions(model), finding.IsElsewhere ? MachineMemory.Unknown : memory) { IsInMemory = finding.Source.IsInMemory });

    private static Candidate? Best(IReadOnlyList<Candidate> candidates, IReadOnlyList<TierRule> rules)
    {
        IEnumerable<Candidate> kept = candidates;
        foreach (var rule in rules)
        {
            var scored = kept.Select(candidate => (Candidate: candidate, Score: rule.Score(candidate))).ToList();
            if (scored.Count <= 1) break;
            var best = scored.Max(entry => entry.Score);
            kept = [.. scored.Where(entry => entry.Score >= best).Select(entry => entry.Candidate)];
        }

        return kept.FirstOrDefault();
    }

    // What the provider itself says, then the row's patterns, then the rules.
    private static Tier? OfService(Finding service, string tier, MachineMemory memory)
    {
        var candidates = Candidates(service, memory).ToList();
        var own = candidates.Find(it => it.Model.StandsFor.Contains(tier, StringComparer.OrdinalIgnoreCase));
        return (own ?? ByPattern(service.Source, tier, candidates) ?? Best(candidates, ForLarge)) is { } chosen ? TierOf(tier, chosen) : null;
    }

    private static Candidate? ByPattern(Source source, string tier, List<Candidate> candidates)
    {
        var isSmall = tier == "haiku";
        foreach (var pattern in isSmall ? source.Small : source.Large)
        {
            var fitting = candidates.Where(it => it.Model.Tools && Wildcard.Matches(pattern, it.Model.Name) && !Contains(it.Model.Name, source.OtherWords) && (isSmall || !Contains(it.Model.Name, source.SmallWords)));
            if (fitting.OrderByDescending(it => it.Model.CreatedAt).ThenByDescending(it => it.Model.Name, StringComparer.Ordinal).FirstOrDefault() is { } newest) return newest;
        }

        return isSmall ? ByPattern(source, "sonnet", candidates) : null;
    }

    private static Tier TierOf(string tier, Candidate chosen) => new(tier, new Target(chosen.Provider, chosen.Model.Name), chosen.Model);

    private static bool FitsOnCard(Candidate it) => it.Memory.GraphicsBytes == 0 || it.Bytes + it.LargeBytes <= it.Memory.UsableGraphics;

    private static bool IsNotTiny(Candidate it) => it.Billions is 0 or >= LeastBillionsForCode;

    private static bool Has(ModelInfo model, string[] families) =>
        Contains(model.Name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), families);

    private static bool Contains(string name, IEnumerable<string> words) => words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>A model that might be taken.</summary>
    /// <param name="Provider">Who has it.</param>
    /// <param name="Model">What is known of it.</param>
    /// <param name="Billions">Its size; 0 when unknown.</param>
    /// <param name="Memory">The memory of the machine that it runs on.</param>
    internal sealed record Candidate(string Provider, ModelInfo Model, double Billions, MachineMemory Memory)
    {
        /// <summary>Already stands for the larger tiers.</summary>
        public bool IsLarge { get; init; }

        /// <summary>It is loaded already.</summary>
        public bool IsInMemory { get; init; }

        /// <summary>What the model of the larger tiers takes of the memory.</summary>
        public double LargeBytes { get; init; }

        /// <summary>What it takes of the memory; nothing when it runs elsewhere, is there already, or nobody knows its size.</summary>
        public double Bytes => Model.Remote || IsInMemory ? 0 : Model.MemoryBytes ?? (Model.SizeBytes is { } weights ? weights + (Billions * CacheBytesOfBillion) : Billions * BytesOfBillion);
    }
}

/// <summary>A row of a table of rules.</summary>
/// <param name="Why">What a model that fits is or does.</param>
/// <param name="Score">The higher the better.</param>
internal sealed record TierRule(string Why, Func<TierRules.Candidate, double> Score)
{
    /// <summary>A rule that a model fits or doesn't.</summary>
    public TierRule(string why, Func<TierRules.Candidate, bool> fits)
        : this(why, it => fits(it) ? 1 : 0)
    {
    }
}
