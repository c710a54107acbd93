using System.Text.Json;

namespace Dragoman.Providers;

/// <summary>The providers of this gateway by their names in the configuration.</summary>
internal sealed class ProviderSet
{
    private readonly Dictionary<string, IProvider> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Origin> _origins = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Makes the configured providers. Ollama is there when nothing is configured; the demo always is. A provider whose settings are as they were is taken over
    /// from the set before, with all that it has learned: thought signatures, access tokens, lists of models.
    /// </summary>
    /// <param name="context">What every provider is made of; name and settings are filled in here.</param>
    /// <param name="problems">Gets what is wrong, of all providers.</param>
    /// <param name="before">The set of the configuration before; null: there was none.</param>
    public ProviderSet(ProviderContext context, ConfigProblems problems, ProviderSet? before = null)
    {
        var options = context.Options;
        var sections = new Dictionary<string, JsonElement>(options.Providers, StringComparer.OrdinalIgnoreCase);
        if (sections.Count == 0) sections["ollama"] = default;
        sections.TryAdd(DemoName, default);
        var sameTerms = before is not null && SettingsChanges.AreSameForProviders(before._options, options);
        foreach (var (name, section) in sections)
        {
            var type = TypeOf(name, section);
            if (type != DemoName) Default ??= name;
            if (problems.Concern($"providers.{name}")) continue;
            var origin = new Origin(name, section, SecretSettings.Fingerprint(section));
            _origins[name] = origin;
            if (sameTerms && before!._origins.GetValueOrDefault(name) is { } known && known.IsLike(origin)) _providers[name] = before._providers[name];
            else if (problems.Try($"providers.{name}", () => Create(type, context with { Name = name, Settings = section })) is { } made) _providers[name] = made;
        }

        Default ??= DemoName;
        _options = options;
    }

    /// <summary>Takes providers that are made already, the default one first: for a host, or a test, that brings its own.</summary>
    internal ProviderSet(params IReadOnlyList<(string Name, IProvider Provider)> providers)
    {
        foreach (var (name, provider) in providers) _providers[name] = provider;
        Default = providers[0].Name;
        _options = new DragomanOptions();
    }

    private readonly DragomanOptions _options;

    /// <summary>The name of the built-in provider that answers when there is no upstream.</summary>
    public const string DemoName = "demo";

    /// <summary>The provider of models that name none: the first in the configuration.</summary>
    public string Default { get; }

    /// <summary>Names of all providers.</summary>
    public IEnumerable<string> Names => _providers.Keys;

    /// <summary>The provider called <paramref name="name"/>.</summary>
    public IProvider this[string name] => _providers[name];

    /// <summary>True when there is such a provider.</summary>
    public bool Has(string name) => _providers.ContainsKey(name);

    /// <summary>True when a provider's own section, secrets included, is as it was in another set.</summary>
    public bool IsConfiguredAs(string name, ProviderSet other) =>
        _origins.GetValueOrDefault(name) is { } own && other._origins.GetValueOrDefault(name) is { } others && own.IsLike(others);

    /// <summary>What type a section is of: without one its name says it.</summary>
    public static string TypeOf(string name, JsonElement section) =>
        section.ValueKind == JsonValueKind.Object && section.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.String ? type.GetString()! : type.GetRawText() : name;

    private static IProvider Create(string type, ProviderContext context)
    {
        if (ProviderList.Types.TryGetValue(type, out var create)) return create(context);
        string[] known = [.. ProviderList.Types.Keys.Order(StringComparer.Ordinal)];
        var nearest = NearestName.Of(type, known) is { } name ? $"; did you mean '{name}'?" : ".";
        throw new ConfigException($"providers.{context.Name}.type: there is no provider type '{type}'{nearest} Known types: {string.Join(", ", known)}");
    }

    // What of the configuration a provider was made of, besides the general settings. The name is in what it says.
    private sealed record Origin(string Name, JsonElement Section, string Secrets)
    {
        public bool IsLike(Origin other) => Name == other.Name && Secrets == other.Secrets && Section.ValueKind == other.Section.ValueKind
            && (Section.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(Section, other.Section));
    }
}
