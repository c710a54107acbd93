using System.Text.Json;

namespace Dragoman.Providers.Overrides;

/// <summary>What the configuration changes of requests: in a provider's section for all of its models and, over that, in one of its <c>models</c>.</summary>
internal abstract class TargetSettings
{
    /// <summary>Further headers of every request, by name, in place of those that would be sent; <c>env:NAME</c> reads an environment variable.</summary>
    public Dictionary<string, string> Headers
    {
        get;
        set => field = WithoutCase(value);
    } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Fields of every request's body, merged over what would be sent; null leaves one out.</summary>
    public JsonElement Body { get; set; }

    /// <summary>How the model samples, whatever clients say.</summary>
    public SamplingSettings? Sampling { get; set; }

    /// <summary>The most tokens of an answer, for clients that ask for more. Null: what the client says.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>Text at the end of the system prompt.</summary>
    public string? System { get; set; }

    /// <summary>Seconds without a byte after which the upstream counts as dead. Null: the general setting.</summary>
    public double? IdleTimeoutSeconds { get; set; }

    /// <summary>Seconds until the first event of an answer. Null: only silence counts.</summary>
    public double? FirstEventTimeoutSeconds { get; set; }

    /// <summary>What the model costs. Null: what the upstream tells, if it does.</summary>
    public PriceSettings? Price { get; set; }

    /// <summary>How many requests the upstream gets at once: all of a provider's models together, or one model apart from the others; 0: no limit. Null: what the provider knows.</summary>
    public int? Concurrency { get; set; }

    /// <summary>Checks what all providers have in common.</summary>
    /// <param name="path">Where the settings stand in the configuration.</param>
    /// <exception cref="ConfigException">A setting is out of its range; the message names it.</exception>
    public void CheckOverrides(string path)
    {
        foreach (var (header, value) in Headers)
        {
            if (header.Length == 0 || !header.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')) throw new ConfigException($"{path}.headers: '{header}' is no header's name");
            if (value is null || value.Any(char.IsControl)) throw new ConfigException($"{path}.headers.{header}: a header's value is a text of one line");
        }

        if (Body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object)) throw new ConfigException($"{path}.body: expected a JSON object of fields");
        Sampling?.Check($"{path}.sampling");
        if (MaxTokens < 1) throw new ConfigException($"{path}.maxTokens: expected a number of tokens, 1 or more");
        Price?.Check($"{path}.price");
        LaneLimit.Check(path, Concurrency);
        CheckSeconds($"{path}.idleTimeoutSeconds", IdleTimeoutSeconds);
        CheckSeconds($"{path}.firstEventTimeoutSeconds", FirstEventTimeoutSeconds);
    }

    /// <summary>The same entries under names whose case doesn't matter.</summary>
    protected static Dictionary<string, T> WithoutCase<T>(IEnumerable<KeyValuePair<string, T>>? entries)
    {
        var same = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in entries ?? []) same[name] = value;
        return same;
    }

    private static void CheckSeconds(string name, double? seconds)
    {
        if (seconds is { } given) SettingsRules.CheckSeconds(name, given);
    }
}

/// <summary>A provider's section: its own settings, and those of its models.</summary>
/// <typeparam name="TModel">Settings of one model.</typeparam>
internal abstract class ProviderSettings<TModel> : TargetSettings
    where TModel : TargetSettings
{
    /// <summary>Names the provider type when the section is called something else.</summary>
    public string? Type { get; set; }

    /// <summary>How many requests may wait where <see cref="TargetSettings.Concurrency"/> is reached. Null: 512.</summary>
    public int? Queue { get; set; }

    /// <summary>Settings of single models, by name or pattern (<c>*</c> is a wildcard). The most specific entry that fits a model counts, alone.</summary>
    public Dictionary<string, TModel> Models
    {
        get;
        set => field = WithoutCase(value);
    } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings of a model; null when there are none.</summary>
    public TModel? Of(string model) => EntryOf(model) is { } entry ? Models[entry] : null;

    /// <summary>How much of a model the upstream takes at once; null: no limit.</summary>
    /// <param name="target">The model.</param>
    /// <param name="slots">What is known of the upstream itself, where nothing is set.</param>
    public LaneLimit? LaneOf(Target target, int? slots = null) => LaneLimit.Configured(target, Of(target.Model)?.Concurrency, Concurrency ?? slots, Queue);

    /// <summary>The entry of <see cref="Models"/> for a model: its own name, else the longest pattern that fits; null when there is none.</summary>
    public string? EntryOf(string model)
    {
        if (Models.Count == 0) return null;
        foreach (var name in NamesOf(model))
        {
            if (Models.ContainsKey(name)) return name;
        }

        return Models.Keys.Where(pattern => pattern.Contains('*') && NamesOf(model).Any(name => Wildcard.Matches(pattern, name))).MaxBy(pattern => pattern.Length);
    }

    /// <summary>The names by which the upstream knows a model.</summary>
    protected virtual IEnumerable<string> NamesOf(string model) => [model];

    /// <summary>Checks what all providers have in common, of the section and of its models.</summary>
    /// <param name="path">Where the section stands in the configuration.</param>
    /// <exception cref="ConfigException">A setting is wrong; the message names it.</exception>
    protected void CheckAll(string path)
    {
        CheckOverrides(path);
        LaneLimit.Check(path, Concurrency, Queue);
        foreach (var (name, model) in Models) (model ?? throw new ConfigException($"{path}.models.{name}: expected a JSON object of settings")).CheckOverrides($"{path}.models.{name}");
    }
}
