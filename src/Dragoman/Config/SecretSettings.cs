using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Dragoman;

/// <summary>A setting that holds a secret, or says where it is.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Value">What is written there.</param>
internal readonly record struct SecretSetting(string Path, string Value);

/// <summary>
/// Which settings hold secrets: the gateway's <c>key</c>, <c>apiKey</c> and <c>authToken</c> of providers (also lists of them), and headers, of which those that
/// are called after keys or tokens must be secret.
/// </summary>
internal static class SecretSettings
{
    // What is passed on to upstreams as it is: a field there that is called like a secret is the upstream's business.
    private static readonly string[] PassedOn = ["body", "options"];

    private static readonly string[] Names = ["key", "apiKey", "authToken"];

    private static readonly string[] HeaderWords = ["key", "token", "secret", "auth", "cookie"];

    /// <summary>True when the value at a path must not be shown.</summary>
    public static bool IsSecret(string path)
    {
        var steps = path.Split('[')[0].Split('.');
        if (steps.Length == 1) return steps[0] == "key";
        return Names.Contains(steps[^1], StringComparer.Ordinal) || (steps.Contains("headers", StringComparer.Ordinal) && Array.Exists(HeaderWords, word => steps[^1].Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>All that are set.</summary>
    public static IEnumerable<SecretSetting> In(DragomanOptions options)
    {
        if (options.Key is { } key) yield return new SecretSetting("key", key);
        foreach (var (name, section) in options.Providers)
        {
            foreach (var secret in In(section, $"providers.{name}")) yield return secret;
        }
    }

    /// <summary>Those of a provider's section.</summary>
    public static IEnumerable<SecretSetting> In(JsonElement section, string path)
    {
        if (section.ValueKind != JsonValueKind.Object) return [];
        return section.EnumerateObject().Where(member => !PassedOn.Contains(member.Name, StringComparer.Ordinal)).SelectMany(member =>
        {
            var at = ConfigSource.Member(path, member.Name);
            if (member.Name == "headers" || Names.Contains(member.Name, StringComparer.Ordinal)) return Texts(member.Value, at);
            return In(member.Value, at);
        });
    }

    /// <summary>Finds the secrets that can't be had.</summary>
    public static void Check(DragomanOptions options, ConfigProblems problems)
    {
        foreach (var secret in In(options)) problems.Try(secret.Path, () => Secret.Resolve(secret.Value)!);
    }

    /// <summary>Says which secrets are written into the file, where they should be named.</summary>
    public static IEnumerable<string> Literal(DragomanOptions options, ConfigSource source) => In(options)
        .Where(secret => secret.Value.Length > 0 && IsSecret(secret.Path) && !Secret.IsNamed(secret.Value))
        .Select(secret => $"{source.Place(secret.Path)}{secret.Path}: the secret stands in the file, for everybody who can read it. Better name it: \"env:NAME\" for an environment variable, or \"file:PATH\".");

    /// <summary>Makes the paths of secret files whole: in the configuration they begin at its own folder, wherever the program was started.</summary>
    public static void Locate(DragomanOptions options, string folder)
    {
        if (options.Key is { } key) options.Key = Locate(key, folder);
        foreach (var (name, section) in options.Providers.ToList())
        {
            var path = $"providers.{name}";
            var secrets = In(section, path).Where(secret => secret.Value.StartsWith(Secret.FilePrefix, StringComparison.Ordinal)).Select(secret => secret.Path).ToHashSet(StringComparer.Ordinal);
            if (secrets.Count > 0) options.Providers[name] = JsonCopy.Of(section, path, text: (at, value) => secrets.Contains(at) ? Locate(value, folder) : value);
        }
    }

    /// <summary>Files in which secrets are.</summary>
    public static IReadOnlyList<string> Files(DragomanOptions options) =>
        [.. In(options).Where(secret => secret.Value.StartsWith(Secret.FilePrefix, StringComparison.Ordinal)).Select(secret => secret.Value[Secret.FilePrefix.Length..]).Distinct(StringComparer.Ordinal)];

    /// <summary>Tells one content of a section's secret files from another; empty when it has none. A hash, so that no secret is kept for it.</summary>
    public static string Fingerprint(JsonElement section)
    {
        var secrets = In(section, "").Where(secret => secret.Value.StartsWith(Secret.FilePrefix, StringComparison.Ordinal)).Select(secret => Secret.Resolve(secret.Value));
        var all = string.Join('\n', secrets);
        return all.Length == 0 ? "" : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }

    private static string Locate(string setting, string folder) => setting.StartsWith(Secret.FilePrefix, StringComparison.Ordinal)
        ? Secret.FilePrefix + Path.GetFullPath(setting[Secret.FilePrefix.Length..], folder)
        : setting;

    private static IEnumerable<SecretSetting> Texts(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => [new SecretSetting(path, value.GetString()!)],
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Texts(item, $"{path}[{i}]")),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Texts(member.Value, ConfigSource.Member(path, member.Name))),
        _ => [],
    };
}
