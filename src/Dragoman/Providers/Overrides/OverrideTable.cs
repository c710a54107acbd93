using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Overrides;

/// <summary>What the configuration changes of a provider's requests, by model. Made once: a request looks up.</summary>
internal sealed class OverrideTable
{
    private readonly Func<string, string?> _entryOf;
    private readonly Dictionary<string, TargetOverrides> _byEntry = new(StringComparer.OrdinalIgnoreCase);

    private OverrideTable(Func<string, string?> entryOf, TargetOverrides general) => (_entryOf, General) = (entryOf, general);

    /// <summary>What holds for every model, and for questions that concern none.</summary>
    public TargetOverrides General { get; }

    /// <summary>Some model's first event has a limit.</summary>
    public bool HasFirstEventTimeouts => General.FirstEventTimeout is not null || _byEntry.Values.Any(own => own.FirstEventTimeout is not null);

    /// <summary>Works it out of a provider's settings.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="settings">Its section.</param>
    /// <param name="idleTimeout">How long any upstream may be silent.</param>
    /// <exception cref="ConfigException">A header names an environment variable that isn't set.</exception>
    public static OverrideTable Of<TModel>(string provider, ProviderSettings<TModel> settings, TimeSpan idleTimeout)
        where TModel : TargetSettings
    {
        var path = $"providers.{provider}";
        var general = Over(new TargetOverrides { IdleTimeout = idleTimeout }, settings, path);
        var table = new OverrideTable(settings.EntryOf, general);
        foreach (var (entry, own) in settings.Models) table._byEntry[entry] = Over(general, own, $"{path}.models.{entry}");
        return table;
    }

    /// <summary>What holds for a model.</summary>
    public TargetOverrides For(string model) => _byEntry.Count > 0 && _entryOf(model) is { } entry ? _byEntry[entry] : General;

    private static TargetOverrides Over(TargetOverrides below, TargetSettings own, string path) => below with
    {
        Headers = Headers(below.Headers, own.Headers, path),
        Body = own.Body.ValueKind == JsonValueKind.Object && own.Body.EnumerateObject().Any() ? [.. below.Body, own.Body] : below.Body,
        Temperature = own.Sampling?.Temperature ?? below.Temperature,
        TopP = own.Sampling?.TopP ?? below.TopP,
        TopK = own.Sampling?.TopK ?? below.TopK,
        MaxTokens = own.MaxTokens ?? below.MaxTokens,
        System = own.System is { } text ? JsonText.From(text) : below.System,
        IdleTimeout = own.IdleTimeoutSeconds is { } idle ? TimeSpan.FromSeconds(idle) : below.IdleTimeout,
        // As a whole: a model's input with the provider's cache would be nobody's price.
        Price = own.Price ?? below.Price,
        FirstEventTimeout = own.FirstEventTimeoutSeconds is { } first ? TimeSpan.FromSeconds(first) : below.FirstEventTimeout,
    };

    private static IReadOnlyList<KeyValuePair<string, string>> Headers(IReadOnlyList<KeyValuePair<string, string>> below, Dictionary<string, string> own, string path)
    {
        if (own.Count == 0) return below;
        var headers = below.Where(header => !own.ContainsKey(header.Key)).ToList();
        foreach (var (name, value) in own)
        {
            try
            {
                headers.Add(new KeyValuePair<string, string>(name, Secret.Resolve(value)!));
            }
            catch (ConfigException missing)
            {
                throw new ConfigException($"{path}.headers.{name}: {missing.Message}");
            }
        }

        return headers;
    }
}
