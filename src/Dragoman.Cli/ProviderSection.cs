using System.Text.Json;

namespace Dragoman.Cli;

/// <summary>Settings of the command line go into the provider's own section, where a file may have put other ones.</summary>
internal static class ProviderSection
{
    /// <summary>Sets those that have a value; makes the section if there is none.</summary>
    public static void Set(DragomanOptions options, string provider, params IReadOnlyList<(string Name, string? Value)> settings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in settings)
            {
                if (value is not null) json.WriteString(name, value);
            }

            if (options.Providers.TryGetValue(provider, out var section) && section.ValueKind == JsonValueKind.Object)
            {
                foreach (var setting in section.EnumerateObject())
                {
                    if (!settings.Any(given => given.Value is not null && given.Name == setting.Name)) setting.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        options.Providers[provider] = JsonDocument.Parse(buffer.ToArray()).RootElement;
    }
}
