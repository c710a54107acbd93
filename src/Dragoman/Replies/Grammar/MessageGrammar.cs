using System.Text.Json;

namespace Dragoman.Replies.Grammar;

/// <summary>The grammar of what is JSON in one piece: a whole message, the head of a stream, an error.</summary>
internal static class MessageGrammar
{
    private static readonly string[] StopReasons = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded", "compaction"];

    /// <summary>Checks an answer that was not streamed.</summary>
    public static IReadOnlyList<GrammarFinding> Check(ReadOnlyMemory<byte> body)
    {
        var findings = new List<GrammarFinding>();
        void Fault(string message) => findings.Add(new GrammarFinding(0, IsFault: true, message));
        try
        {
            using var message = JsonDocument.Parse(body);
            if (message.RootElement.ValueKind != JsonValueKind.Object) Fault("the answer is no JSON object");
            else CheckWhole(message.RootElement, Fault);
        }
        catch (JsonException wrong)
        {
            Fault($"the answer is not valid JSON: {wrong.Message}");
        }

        return findings;
    }

    /// <summary>Checks a refusal's body.</summary>
    public static IReadOnlyList<GrammarFinding> CheckRefusal(ReadOnlyMemory<byte> body)
    {
        var findings = new List<GrammarFinding>();
        void Fault(string message) => findings.Add(new GrammarFinding(0, IsFault: true, message));
        try
        {
            using var error = JsonDocument.Parse(body);
            if (error.RootElement.ValueKind != JsonValueKind.Object) Fault("the error is no JSON object");
            else CheckError(error.RootElement, Fault);
        }
        catch (JsonException wrong)
        {
            Fault($"the error is not valid JSON: {wrong.Message}");
        }

        return findings;
    }

    /// <summary>Checks a message's own fields.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isWhole">It is an answer in one piece; otherwise the beginning of a stream, which has no content yet.</param>
    /// <param name="fault">Takes what is wrong.</param>
    public static void CheckHead(JsonElement message, bool isWhole, Action<string> fault)
    {
        foreach (var name in (string[])["id", "model"])
        {
            if (Text(message, name) is not { Length: > 0 }) fault($"message.{name} is missing");
        }

        if (Text(message, "type") != "message") fault("message.type is not 'message'");
        if (Text(message, "role") != "assistant") fault("message.role is not 'assistant'");
        if (!message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array) fault("message.content is no array");
        else if (!isWhole && content.GetArrayLength() > 0) fault("message.content must be empty in message_start");
        if (!message.TryGetProperty("usage", out var usage)) fault("message.usage is missing: clients fail on that");
        else if (!HasNumber(usage, "input_tokens") || !HasNumber(usage, "output_tokens")) fault("message.usage needs the numbers input_tokens and output_tokens");
        if (!isWhole && Text(message, "stop_reason") is not null) fault("message.stop_reason must be null in message_start");
    }

    /// <summary>Checks that a stop reason is one, and fits the answer.</summary>
    public static void CheckStopReason(string reason, bool callsTool, Action<string> fault)
    {
        if (!StopReasons.Contains(reason, StringComparer.Ordinal)) fault($"the stop_reason '{reason}' is not known; known are {string.Join(", ", StopReasons)}");
        if (reason == "tool_use" && !callsTool) fault("the stop_reason is tool_use, but no tool is called");
        if (callsTool && reason is ("end_turn" or "stop_sequence")) fault($"a tool is called, but the stop_reason is {reason}: clients won't run it");
    }

    /// <summary>Checks an error object; returns its message.</summary>
    public static string? CheckError(JsonElement data, Action<string> fault)
    {
        if (Text(data, "type") != "error") fault("an error's type is not 'error'");
        if (!data.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
        {
            fault("an error has no object 'error'");
            return null;
        }

        if (Text(error, "type") is not { Length: > 0 }) fault("error.type is missing");
        if (Text(error, "message") is not { Length: > 0 }) fault("error.message is missing");
        return Text(error, "message");
    }

    /// <summary>True when the object has a number of this name.</summary>
    public static bool HasNumber(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number;

    private static void CheckWhole(JsonElement message, Action<string> fault)
    {
        CheckHead(message, isWhole: true, fault);
        if (!message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array) return;
        var callsTool = false;
        foreach (var block in content.EnumerateArray())
        {
            var type = block.ValueKind == JsonValueKind.Object ? Text(block, "type") : null;
            callsTool |= type == "tool_use";
            if (type is null) fault("a block of the content has no type");
            else CheckBlock(type, block, fault);
        }

        if (Text(message, "stop_reason") is { } reason) CheckStopReason(reason, callsTool, fault);
        else fault("message.stop_reason is missing");
    }

    private static void CheckBlock(string type, JsonElement block, Action<string> fault)
    {
        string[] texts = type switch { "text" => ["text"], "thinking" => ["thinking", "signature"], "tool_use" => ["id", "name"], _ => [] };
        foreach (var name in texts)
        {
            if (Text(block, name) is null) fault($"a {type} block has no string '{name}'");
        }

        if (type == "tool_use" && (!block.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object)) fault("a tool_use block's 'input' is no JSON object");
    }

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
