using System.Text.Json;
using Dragoman.Providers.OpenAi;

namespace Dragoman.Tests.Providers.OpenAi.Request;

/// <summary>The rules whose breach OpenAI, or the server of the dialect, answers with a 400.</summary>
internal static class OpenAiBodyRules
{
    private static readonly string[] ReasoningFields = ["reasoning_effort", "reasoning", "reasoning_format", "thinking", "chat_template_kwargs"];

    private static readonly string[] ChatFields =
    [
        "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "tools", "tool_choice", "parallel_tool_calls", "response_format",
        "prompt_cache_key", "user", "tool_stream", "messages",
    ];

    private static readonly string[] ResponsesFields =
    [
        "model", "stream", "store", "include", "max_output_tokens", "temperature", "top_p", "tools", "tool_choice", "parallel_tool_calls", "text", "prompt_cache_key", "user", "reasoning",
        "instructions", "input",
    ];

    /// <summary>What is wrong with a body.</summary>
    public static List<string> Violations(ReadOnlyMemory<byte> body, OpenAiDialect dialect)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
        var root = document.RootElement;
        var isChat = dialect.Api == OpenAiApi.Chat;
        string[] known = isChat ? [.. ChatFields, .. ReasoningFields] : ResponsesFields;
        var violations = new List<string>();
        var fields = root.EnumerateObject().Select(field => field.Name).ToList();
        violations.AddRange(fields.Except(known, StringComparer.Ordinal).Select(field => $"Unknown parameter: '{field}'"));
        if (fields.Distinct(StringComparer.Ordinal).Count() != fields.Count) violations.Add("a field twice");
        violations.AddRange(Tools(root));
        return [.. violations, .. isChat ? Messages([.. root.GetProperty("messages").EnumerateArray()], dialect) : Items([.. root.GetProperty("input").EnumerateArray()])];
    }

    private static IEnumerable<string> Tools(JsonElement root)
    {
        if (!root.TryGetProperty("tools", out var tools))
        {
            if (root.TryGetProperty("tool_choice", out _)) yield return "'tool_choice' is only allowed when 'tools' are specified.";
            if (root.TryGetProperty("parallel_tool_calls", out _)) yield return "'parallel_tool_calls' is only allowed when 'tools' are specified.";
            yield break;
        }

        foreach (var tool in tools.EnumerateArray())
        {
            var function = tool.TryGetProperty("function", out var inner) ? inner : tool;
            if (!IsName(function.GetProperty("name").GetString()!)) yield return $"Invalid 'name' {function.GetProperty("name")}";
            if (function.GetProperty("parameters").GetProperty("type").GetString() != "object") yield return "schema must be a JSON Schema of 'type: \"object\"'";
            if (!function.GetProperty("parameters").TryGetProperty("properties", out _)) yield return "object schema missing properties";
        }
    }

    private static IEnumerable<string> Messages(List<JsonElement> messages, OpenAiDialect dialect)
    {
        var open = new List<string>();
        var before = "";
        foreach (var message in messages)
        {
            var role = message.GetProperty("role").GetString()!;
            if (role == "tool")
            {
                if (!open.Remove(message.GetProperty("tool_call_id").GetString()!)) yield return "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'";
            }
            else if (open.Count > 0)
            {
                yield return "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'";
            }

            if (dialect.AssistantAfterResults && role == "user" && before == "tool") yield return "Unexpected role 'user' after role 'tool'";
            if (role != "user" && message.GetProperty("content").ValueKind == JsonValueKind.Array && message.GetProperty("content").EnumerateArray().Any(IsMedia)) yield return $"media in {role}";
            if (role == "assistant" && dialect.ReasoningRequired && !message.TryGetProperty(dialect.ReasoningField, out _)) yield return "The reasoning_content must be passed back";
            if (message.TryGetProperty("tool_calls", out var calls))
            {
                open.AddRange(calls.EnumerateArray().Select(call => call.GetProperty("id").GetString()!));
                if (calls.EnumerateArray().Any(call => !IsName(call.GetProperty("function").GetProperty("name").GetString()!))) yield return "Invalid name of a call";
            }

            before = role;
        }

        if (open.Count > 0) yield return "unanswered calls at the end";
    }

    private static IEnumerable<string> Items(List<JsonElement> items)
    {
        var open = new List<string>();
        for (var i = 0; i < items.Count; i++)
        {
            var type = items[i].TryGetProperty("type", out var given) ? given.GetString()! : "message";
            if (type == "function_call") open.Add(items[i].GetProperty("call_id").GetString()!);
            if (type == "function_call_output" && !open.Remove(items[i].GetProperty("call_id").GetString()!)) yield return "No tool call found for function call output";
            if (type == "reasoning" && (i + 1 == items.Count || (items[i + 1].TryGetProperty("role", out var role) && role.GetString() == "user"))) yield return "reasoning without its required following item";
        }

        if (open.Count > 0) yield return $"No tool output found for function call {open[0]}";
    }

    private static bool IsMedia(JsonElement part) => part.GetProperty("type").GetString() is "image_url" or "file";

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
