using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>A request that is refused.</summary>
internal sealed class OpenAiFault(int status, string message, string? code = null, string type = "invalid_request_error") : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The body.</summary>
    public string Body => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("message", Message);
        writer.WriteString("type", type);
        writer.WriteNull("param");
        writer.WriteString("code", code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}

/// <summary>Decides which requests are answered, by the rules that OpenAI's own server is known to have about the order of a conversation.</summary>
internal sealed class OpenAiAdmission(OpenAiScenario scenario)
{
    private readonly ConcurrentDictionary<string, int> attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> prompts = [];
    private int count;

    /// <summary>Admits a call.</summary>
    /// <exception cref="OpenAiFault">It is refused.</exception>
    public OpenAiCall Admit(string body, bool isResponses)
    {
        JsonElement request;
        try
        {
            request = Json.Parse(body);
        }
        catch (JsonException)
        {
            throw new OpenAiFault(400, "We could not parse the JSON body of your request.");
        }

        var conversation = request.Find(isResponses ? "input" : "messages") is { ValueKind: JsonValueKind.Array } messages
            ? messages
            : throw new OpenAiFault(400, $"Missing required parameter: '{(isResponses ? "input" : "messages")}'.", "missing_required_parameter");
        if (request.FindText("model") != scenario.Model)
        {
            throw new OpenAiFault(404, $"The model `{request.FindText("model")}` does not exist or you do not have access to it.", "model_not_found");
        }

        CheckOrder([.. conversation.EnumerateArray()], isResponses);
        var tokens = Tokens(body);
        CheckLength(request, tokens);
        return new OpenAiCall
        {
            Number = Interlocked.Increment(ref count) - 1,
            Attempt = attempts.AddOrUpdate(Json.Compact(conversation), 0, (_, before) => before + 1),
            IsResponses = isResponses,
            Body = body,
            Request = request,
            PromptTokens = tokens,
            CachedTokens = Cached(body),
        };
    }

    /// <summary>A prompt's tokens.</summary>
    public static int Tokens(string text) => Math.Max(1, Encoding.UTF8.GetByteCount(text) / 4);

    // Every call has its result, right behind it.
    private static void CheckOrder(List<JsonElement> messages, bool isResponses)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            var (isResult, id) = isResponses
                ? (message.FindText("type") == "function_call_output", message.FindText("call_id"))
                : (message.FindText("role") == "tool", message.FindText("tool_call_id"));
            if (isResult && !open.Remove(id ?? ""))
            {
                throw new OpenAiFault(400, isResponses ? $"No tool call found for function call output with call_id {id}." : "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.");
            }

            if (!isResult && open.Count > 0 && !isResponses)
            {
                throw new OpenAiFault(400, $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}");
            }

            if (isResponses && message.FindText("type") == "function_call")
            {
                open.Add(message.FindText("call_id") ?? "");
            }

            foreach (var call in message.FindItems("tool_calls"))
            {
                open.Add(call.FindText("id") ?? "");
            }
        }

        if (open.Count > 0)
        {
            throw new OpenAiFault(400, isResponses ? $"No tool output found for function call {open.First()}." : $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}");
        }
    }

    private void CheckLength(JsonElement request, int tokens)
    {
        if (tokens <= scenario.ContextTokens)
        {
            return;
        }

        var limit = scenario.ContextTokens;
        throw scenario.Kind switch
        {
            ServerKind.LlamaCpp => new OpenAiFault(400, $"request ({tokens} tokens) exceeds the available context size ({limit} tokens), try increasing it", code: null, "exceed_context_size_error"),
            ServerKind.OpenRouter => new OpenAiFault(
                400, $"This endpoint's maximum context length is {limit} tokens. However, you requested about {tokens + 1000} tokens ({tokens} of text input, 1000 in the output). Please reduce the length of either one."),
            _ => new OpenAiFault(
                400,
                $"This model's maximum context length is {limit} tokens. However, your messages resulted in {tokens} tokens{(request.Find("tools") is null ? "" : " (including the functions)")}. Please reduce the length of the messages.",
                "context_length_exceeded"),
        };
    }

    // The longest common beginning with an earlier prompt, in the steps of 128 that OpenAI's cache has.
    private int Cached(string body)
    {
        const int step = 128, bytesPerToken = 4;
        var cached = prompts.Select(before => before.AsSpan().CommonPrefixLength(body)).DefaultIfEmpty(0).Max() / bytesPerToken / step * step;
        prompts.Add(body);
        return cached < 1024 ? 0 : cached;
    }
}
