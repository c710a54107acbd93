using System.Text.Json;

namespace Dragoman;

/// <summary>The schema that is shipped for editors, <c>dragoman.schema.json</c>: the one place that says which settings there are and what they take.</summary>
internal static class ConfigSchema
{
    private const string ResourceName = "dragoman.schema.json";
    private const string Providers = "providers";

    private static readonly Lazy<JsonElement> Document = new(Read);

    /// <summary>The schema itself.</summary>
    public static JsonElement Root => Document.Value;

    /// <summary>Checks a whole file.</summary>
    public static void Check(JsonElement file, ConfigProblems problems)
    {
        var check = new SchemaCheck(Root, problems.Add);
        check.Check(file, Root, "", except: Providers);
        if (file.ValueKind != JsonValueKind.Object || !file.TryGetProperty(Providers, out var sections)) return;
        if (sections.ValueKind != JsonValueKind.Object)
        {
            problems.Add(Providers, $"expected an object with a section for each provider, got {SchemaText.Show(sections)}");
            return;
        }

        // The type says which settings a section has; what there is no such type of, the set of providers says, which knows them.
        foreach (var section in sections.EnumerateObject())
        {
            var path = ConfigSource.Member(Providers, section.Name);
            if (section.Value.ValueKind != JsonValueKind.Object) problems.Add(path, $"expected an object with the provider's settings, got {SchemaText.Show(section.Value)}");
            else if (Section(section) is { } schema) check.Check(section.Value, schema, path);
        }
    }

    // Without a type the name is the type.
    private static JsonElement? Section(JsonProperty section)
    {
        var type = section.Value.TryGetProperty("type", out var named) ? named.ValueKind == JsonValueKind.String ? named.GetString()! : "" : section.Name;
        return Root.GetProperty("$defs").TryGetProperty(type, out var schema) && SchemaText.Discriminator(schema) == type ? schema : null;
    }

    private static JsonElement Read()
    {
        using var resource = typeof(ConfigSchema).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The program was built without {ResourceName}.");
        using var document = JsonDocument.Parse(resource);
        return document.RootElement.Clone();
    }
}
