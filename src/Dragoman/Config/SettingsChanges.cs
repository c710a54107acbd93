using System.Text.Json;

namespace Dragoman;

/// <summary>What differs between two configurations.</summary>
internal static class SettingsChanges
{
    private const string Providers = "providers";
    private const string Key = "key";

    /// <summary>Settings of the front door and of the choice of models. Any other may reach a provider, so that its change makes the providers anew.</summary>
    public static IReadOnlyList<string> NotForProviders { get; } =
        ["$schema", "host", "port", Key, "allowedHosts", "allowedOrigins", "defaultModel", "models", "roles", "firstEventGraceSeconds", "pingIntervalSeconds", "retries", "verbose"];

    /// <summary>True when no general setting that a provider may have used differs.</summary>
    public static bool AreSameForProviders(DragomanOptions before, DragomanOptions now)
    {
        // A provider that passes the client's key on must not be there together with the gateway's own: it looks whether there is one.
        if ((before.Key is null) != (now.Key is null)) return false;
        return !Differing(before, now).Any(changed => !NotForProviders.Contains(changed.Name, StringComparer.Ordinal));
    }

    /// <summary>The general settings that differ, each in a few words; never with a value, which may be a secret.</summary>
    public static IEnumerable<string> Describe(DragomanOptions before, DragomanOptions now) => Differing(before, now)
        .Select(changed => changed is { Before.ValueKind: JsonValueKind.Object, Now.ValueKind: JsonValueKind.Object } ? $"{changed.Name}: {Names(changed.Before, changed.Now)}" : changed.Name);

    /// <summary>Names that were added, removed or changed, in words; empty when there is no difference.</summary>
    public static string Describe(IEnumerable<string> added, IEnumerable<string> removed, IEnumerable<string> changed) => string.Join(", ", new[]
    {
        (Verb: "added", Names: string.Join(" ", added)), (Verb: "removed", Names: string.Join(" ", removed)), (Verb: "changed", Names: string.Join(" ", changed)),
    }.Where(part => part.Names.Length > 0).Select(part => $"{part.Verb} {part.Names}"));

    private static string Names(JsonElement before, JsonElement now)
    {
        var old = before.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        var given = now.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        var changed = given.Where(member => old.TryGetValue(member.Key, out var value) && !JsonElement.DeepEquals(value, member.Value)).Select(member => member.Key);
        var words = Describe(given.Keys.Except(old.Keys, StringComparer.Ordinal), old.Keys.Except(given.Keys, StringComparer.Ordinal), changed);
        return words.Length > 0 ? words : "another order";
    }

    // Providers are compared by their set: it knows their secrets too.
    private static IEnumerable<(string Name, JsonElement Before, JsonElement Now)> Differing(DragomanOptions before, DragomanOptions now)
    {
        foreach (var setting in ConfigJson.Default.DragomanOptions.Properties)
        {
            if (setting.Get is null || setting.Name == Providers || ConfigJson.Default.GetTypeInfo(setting.PropertyType) is not { } type) continue;
            var (old, given) = (JsonSerializer.SerializeToElement(setting.Get(before), type), JsonSerializer.SerializeToElement(setting.Get(now), type));
            if (old.GetRawText() != given.GetRawText()) yield return (setting.Name, old, given);
        }
    }
}
