using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Tools;

/// <summary>Results of Anthropic's server tools in a history, as text for a model that can't read their encrypted parts.</summary>
internal static class ServerToolText
{
    /// <summary>The result as text.</summary>
    public static JsonText Of(ServerToolResultBlock result)
    {
        if (result.Content.IsEmpty) return JsonText.Empty;
        using var content = JsonDocument.Parse(result.Content);
        return JsonText.From(Describe(result, content.RootElement));
    }

    private static string Describe(ServerToolResultBlock result, JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String) return content.GetString()!;
        if (content.ValueKind == JsonValueKind.Object)
        {
            if (content.TryGetProperty("error_code", out var code)) return $"{result.Type} failed: {code}";
            return result.References.Count > 0 ? "" : ToolText.Compact(result.Content).ToString();
        }

        if (content.ValueKind != JsonValueKind.Array) return ToolText.Compact(result.Content).ToString();
        var lines = new StringBuilder();
        foreach (var entry in content.EnumerateArray())
        {
            if (Text(entry, "url") is { Length: > 0 } url) lines.Append("- ").Append(Text(entry, "title")).Append(": ").Append(url).Append('\n');
            else lines.Append(Text(entry, "text") is { Length: > 0 } text ? text : entry.GetRawText()).Append('\n');
        }

        return lines.ToString().TrimEnd();
    }

    private static string Text(JsonElement entry, string field) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
