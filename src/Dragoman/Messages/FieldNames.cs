using System.Text;

namespace Dragoman.Messages;

/// <summary>The API's field and type names as strings that are there already: a long conversation names the same few of them thousands of times.</summary>
internal static class FieldNames
{
    // A power of two, several times the number of names, so that they hardly meet.
    private const int Slots = 1024;

    private static readonly (byte[] Utf8, string Text)[] Known = Table(
        "model", "messages", "max_tokens", "system", "stream", "stop_sequences", "tools", "tool_choice", "thinking", "output_config", "output_format", "temperature",
        "top_p", "top_k", "context_management", "metadata", "service_tier", "role", "content", "type", "text", "image", "document", "source", "base64", "media_type",
        "data", "url", "title", "context", "citations", "cache_control", "caller", "tool_use", "id", "name", "input", "toolset_name", "tool_result", "tool_use_id",
        "is_error", "tool_reference", "tool_name", "signature", "redacted_thinking", "server_tool_use", "effort", "format", "description", "input_schema", "strict",
        "defer_loading", "input_examples", "user", "assistant", "ephemeral", "budget_tokens", "display", "edits", "keep", "trigger");

    /// <summary>The name as a string.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        var (known, text) = Known[Slot(utf8)];
        return known is not null && utf8.SequenceEqual(known) ? text : Encoding.UTF8.GetString(utf8);
    }

    // Of two names that meet in a slot the first stays; the other one is made anew each time.
    private static (byte[] Utf8, string Text)[] Table(params string[] names)
    {
        var table = new (byte[] Utf8, string Text)[Slots];
        foreach (var name in names)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            ref var slot = ref table[Slot(utf8)];
            if (slot.Utf8 is null) slot = (utf8, name);
        }

        return table;
    }

    private static int Slot(ReadOnlySpan<byte> utf8) => utf8.Length < 2 ? 0 : ((utf8.Length * 131) + (utf8[0] * 2) + (utf8[^1] * 7) + (utf8[^2] * 17)) & (Slots - 1);
}
