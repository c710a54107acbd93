using System.Text.Json;
using Dragoman.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Providers;

/// <summary>The providers of this gateway by their names in the configuration.</summary>
internal sealed class ProviderSet
{
    private readonly Dictionary<string, IProvider> _providers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the configured providers. Ollama is there when nothing is configured; the demo always is.</summary>
    /// <exception cref="ConfigException">A section names a type that doesn't exist.</exception>
    public ProviderSet(DragomanOptions options, UpstreamHttp http, TimeProvider time, IdSource ids, TokenEstimator tokens, ILoggerFactory? loggers = null)
    {
        var sections = new Dictionary<string, JsonElement>(options.Providers, StringComparer.OrdinalIgnoreCase);
        if (sections.Count == 0) sections["ollama"] = default;
        sections.TryAdd(DemoName, default);
        var log = loggers?.CreateLogger<ProviderSet>() ?? (ILogger)NullLogger.Instance;
        foreach (var (name, section) in sections)
        {
            var type = section.ValueKind == JsonValueKind.Object && section.TryGetProperty("type", out var named) ? named.GetString()! : name;
            if (!ProviderList.Types.TryGetValue(type, out var create))
            {
                throw new ConfigException($"providers.{name}: there is no provider type '{type}'. Known types: {string.Join(", ", ProviderList.Types.Keys.Order(StringComparer.Ordinal))}");
            }

            _providers[name] = create(new ProviderContext(name, section, http, time, ids, tokens, options) { Log = log });
            if (type != DemoName) Default ??= name;
        }

        Default ??= DemoName;
    }

    /// <summary>Takes providers that are made already, the default one first: for a host, or a test, that brings its own.</summary>
    internal ProviderSet(params IReadOnlyList<(string Name, IProvider Provider)> providers)
    {
        foreach (var (name, provider) in providers) _providers[name] = provider;
        Default = providers[0].Name;
    }

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
}
