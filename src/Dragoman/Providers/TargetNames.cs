using System.Text.Json;

namespace Dragoman.Providers;

/// <summary>Checks that the providers which the configuration's targets name exist.</summary>
internal static class TargetNames
{
    // Servers with OpenAI's API call models "maker/model", so that any word may stand before the slash.
    private const string TypeWithMakers = "openai";

    /// <summary>Checks the targets of the model map and of the roles.</summary>
    public static void Check(DragomanOptions options, ConfigProblems problems)
    {
        foreach (var (role, value) in options.Roles) Check($"roles.{role}", value, options, problems);
        foreach (var (pattern, value) in options.Models) Check($"models.{pattern}", value, options, problems);
    }

    /// <summary>
    /// Checks one target. What stands before a slash need not be a provider (<c>hf.co/…</c>), so only names that are surely meant as one are wrong: those of a
    /// provider type without a section, and those that are nearly a section's name.
    /// </summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="target">A model, or <c>provider/model</c>.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static void Check(string path, string target, DragomanOptions options, ConfigProblems problems)
    {
        var slash = target.IndexOf('/');
        if (slash <= 0) return;
        var name = target[..slash];
        string[] known = options.Providers.Count > 0 ? [.. options.Providers.Keys] : ["ollama"];
        if (name.Equals(ProviderSet.DemoName, StringComparison.OrdinalIgnoreCase) || known.Contains(name, StringComparer.OrdinalIgnoreCase)) return;
        if (options.Providers.Any(section => ProviderSet.TypeOf(section.Key, section.Value) == TypeWithMakers)) return;
        if (NearestName.Of(name, known) is { } nearest) problems.Add(path, $"there is no provider '{name}'; did you mean '{nearest}'?");
        else if (ProviderList.Types.ContainsKey(name)) problems.Add(path, $"there is no provider '{name}'; give it a section in `providers` (\"{name}\": {{}}). There are: {string.Join(", ", known)}");
    }

    /// <summary>Checks all targets in a value: a target, a list of them, or an object that has them in <c>use</c> or <c>model</c>.</summary>
    public static void Check(string path, JsonElement value, DragomanOptions options, ConfigProblems problems)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                Check(path, value.GetString()!, options, problems);
                break;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in value.EnumerateArray()) Check($"{path}[{i++}]", item, options, problems);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject().Where(member => member.Name is "use" or "model")) Check(ConfigSource.Member(path, member.Name), member.Value, options, problems);
                break;
        }
    }
}
