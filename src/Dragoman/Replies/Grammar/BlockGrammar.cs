using System.Text;
using System.Text.Json;

namespace Dragoman.Replies.Grammar;

/// <summary>The grammar of one content block of a stream: which deltas it takes, and what must be there when it ends.</summary>
/// <param name="type">The block's type.</param>
/// <param name="find">Takes what is wrong.</param>
internal sealed class BlockGrammar(string type, Action<string> find)
{
    private readonly StringBuilder _input = new();
    private int _signatures;

    /// <summary>The block's type.</summary>
    public string Type => type;

    /// <summary>It calls a tool, of the client's or of the server's.</summary>
    public bool TakesInput => type is "tool_use" or "server_tool_use" or "mcp_tool_use";

    /// <summary>Checks the block's beginning.</summary>
    public void Start(JsonElement block)
    {
        switch (type)
        {
            case "text":
                RequireText(block, "text");
                break;
            case "thinking":
                RequireText(block, "thinking");
                break;
            case "redacted_thinking":
                RequireText(block, "data");
                break;
            case "tool_use" or "server_tool_use" or "mcp_tool_use":
                RequireName(block, "id");
                RequireName(block, "name");
                if (!block.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object) find($"a {type} block begins with an empty object as its 'input'; the deltas bring the rest");
                else if (input.EnumerateObject().Any()) _input.Append(input.GetRawText());
                break;
        }
    }

    /// <summary>Checks a delta.</summary>
    public void Add(string kind, JsonElement delta)
    {
        switch (kind)
        {
            case "text_delta" when type == "text":
                RequireText(delta, "text");
                break;
            case "thinking_delta" when type == "thinking":
                RequireText(delta, "thinking");
                if (_signatures > 0) find("a thinking_delta after the block's signature_delta: the signature comes last");
                break;
            case "signature_delta" when type == "thinking":
                if (++_signatures > 1) find("a second signature_delta in one thinking block: some clients keep the last one, others join them");
                RequireName(delta, "signature");
                break;
            case "input_json_delta" when TakesInput:
                RequireText(delta, "partial_json");
                if (delta.TryGetProperty("partial_json", out var piece) && piece.ValueKind == JsonValueKind.String) _input.Append(piece.GetString());
                break;
            case "citations_delta" when type == "text":
                if (!delta.TryGetProperty("citation", out var citation) || citation.ValueKind != JsonValueKind.Object) find("a citations_delta needs an object 'citation'");
                break;
            case "text_delta" or "thinking_delta" or "signature_delta" or "input_json_delta" or "citations_delta":
                find($"a {kind} doesn't belong into a {type} block");
                break;
        }
    }

    /// <summary>Checks the block's end; returns what is wrong with a call's input, which is no fault where the answer was cut off at its token limit.</summary>
    public string? End()
    {
        if (type == "thinking" && _signatures == 0) find("the thinking block has no signature_delta: without one it can't be sent back in the next turn");
        return TakesInput ? CheckInput() : null;
    }

    private string? CheckInput()
    {
        // A call without arguments may have none at all.
        if (_input.Length == 0) return null;
        try
        {
            using var input = JsonDocument.Parse(_input.ToString());
            return input.RootElement.ValueKind == JsonValueKind.Object ? null : $"the call's input, put together, is no JSON object but {Shorten(_input.ToString())}";
        }
        catch (JsonException wrong)
        {
            return $"the call's input, put together, is not valid JSON ({wrong.Message}): {Shorten(_input.ToString())}";
        }
    }

    private void RequireText(JsonElement value, string name)
    {
        if (!value.TryGetProperty(name, out var text) || text.ValueKind != JsonValueKind.String) find($"a string '{name}' is missing");
    }

    private void RequireName(JsonElement value, string name)
    {
        if (!value.TryGetProperty(name, out var text) || text.ValueKind != JsonValueKind.String || text.GetString()!.Length == 0) find($"a string '{name}' that isn't empty is missing");
    }

    private static string Shorten(string text)
    {
        const int shown = 80;
        return text.Length > shown ? text[..shown] + "…" : text;
    }
}
