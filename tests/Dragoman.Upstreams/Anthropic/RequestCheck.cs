using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>The rules that the real API holds a request to, as far as they concern what a gateway may get wrong, in its own words.</summary>
internal static partial class RequestCheck
{
    [GeneratedRegex("^[a-zA-Z0-9_-]+$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();

    /// <summary>Why the key is refused, or null.</summary>
    public static AnthropicReply? Key(RecordedRequest request, string? key)
    {
        if (key is null) return null;
        var shown = request.Headers.GetValueOrDefault("x-api-key");
        if (shown is not null) return shown == key ? null : AnthropicReply.Error(401, "authentication_error", "invalid x-api-key");
        if (request.Headers.GetValueOrDefault("authorization") is not { } bearer) return AnthropicReply.Error(401, "authentication_error", "x-api-key header is required");
        return bearer == $"Bearer {key}" ? null : AnthropicReply.Error(401, "authentication_error", "Invalid bearer token");
    }

    /// <summary>Why the body is refused, or null.</summary>
    public static AnthropicReply? Body(RecordedRequest request, JsonElement body, IssuedNotes issued)
    {
        if (!request.Headers.ContainsKey("anthropic-version")) return Invalid("anthropic-version: header is required");
        if (!body.TryGetProperty("messages", out var messages)) return Invalid("messages: Field required");
        var number = 0;
        foreach (var message in messages.EnumerateArray())
        {
            if (Content(message, $"messages.{number}", issued) is { } wrong) return Invalid(wrong);
            number++;
        }

        return null;
    }

    private static string? Content(JsonElement message, string path, IssuedNotes issued)
    {
        if (!message.TryGetProperty("content", out var content)) return null;
        if (content.ValueKind == JsonValueKind.String) return content.GetString()!.Length == 0 ? $"{path}: all messages must have non-empty content except for the optional final assistant message" : null;
        if (content.GetArrayLength() == 0) return $"{path}: all messages must have non-empty content except for the optional final assistant message";
        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            if (Block(block, $"{path}.content.{index}", issued) is { } wrong) return wrong;
            index++;
        }

        return null;
    }

    private static string? Block(JsonElement block, string path, IssuedNotes issued)
    {
        switch (block.GetProperty("type").GetString())
        {
            case "thinking": return issued.Has(Text(block, "signature")) ? null : $"{path}: Invalid `signature` in `thinking` block";
            case "redacted_thinking": return issued.Has(Text(block, "data")) ? null : $"{path}: Invalid `data` in `redacted_thinking` block";
            case "text" when string.IsNullOrEmpty(Text(block, "text")): return $"{path}: text content blocks must be non-empty";
            case "text" when Notes(block, "citations", "encrypted_index").Any(note => !issued.Has(note)): return $"{path}.text.citations: Invalid `encrypted_index`";
            case "tool_use" when !Id().IsMatch(Text(block, "id") ?? ""): return $"{path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'";
            case "tool_result" when !Id().IsMatch(Text(block, "tool_use_id") ?? ""): return $"{path}.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'";
            case "web_search_tool_result" when Notes(block, "content", "encrypted_content").Any(note => !issued.Has(note)): return $"{path}.web_search_tool_result.content: Invalid `encrypted_content`";
            case "nonsense": return $"{path}: Input tag 'nonsense' found using 'type' does not match any of the expected tags";
            default: return null;
        }
    }

    private static IEnumerable<string?> Notes(JsonElement block, string list, string note) =>
        block.TryGetProperty(list, out var entries) && entries.ValueKind == JsonValueKind.Array ? entries.EnumerateArray().Where(entry => entry.TryGetProperty(note, out _)).Select(entry => Text(entry, note)) : [];

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static AnthropicReply Invalid(string message) => AnthropicReply.Error(400, "invalid_request_error", message);
}
