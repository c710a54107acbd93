using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// The types of every field of a chat request, as strict as the Go structs of <c>api/types.go</c> (ChatRequest, Message, ToolCall,
/// ThinkValue, Duration). Unknown fields are ignored there and here.
/// </summary>
internal static class RequestShape
{
    private const string InMessages = "ChatRequest.messages";

    /// <summary>The first error in Go's words, or null when the request binds.</summary>
    public static string? FirstError(JsonElement request)
    {
        var decoding = new GoDecoding();
        if (request.ValueKind != JsonValueKind.Object)
        {
            return "json: cannot unmarshal a value that is no object into Go value of type api.ChatRequest";
        }

        decoding.Text(request, "model", "ChatRequest");
        foreach (var message in decoding.Items(request, "messages", "ChatRequest", "[]api.Message"))
        {
            CheckMessage(message, decoding);
        }

        foreach (var flag in (string[])["stream", "truncate", "shift", "_debug_render_only", "logprobs"])
        {
            decoding.Bool(request, flag, "ChatRequest");
        }

        CheckKeepAlive(request, decoding);
        ToolShape.Check(request, decoding);
        decoding.Object(request, "options", "ChatRequest", "map[string]interface {}");
        CheckThink(request, decoding);
        decoding.Whole(request, "top_logprobs", "ChatRequest");
        return decoding.Error;
    }

    private static void CheckMessage(JsonElement message, GoDecoding decoding)
    {
        if (!decoding.Value(message, InMessages, "api.Alias", JsonValueKind.Object))
        {
            return;
        }

        foreach (var field in (string[])["role", "content", "thinking", "tool_name", "tool_call_id"])
        {
            decoding.Text(message, field, InMessages);
        }

        foreach (var image in decoding.Items(message, "images", InMessages, "[]api.ImageData"))
        {
            if (decoding.Value(image, InMessages + ".images", "[]uint8", JsonValueKind.String))
            {
                CheckBase64(image.GetString()!, decoding);
            }
        }

        foreach (var call in decoding.Items(message, "tool_calls", InMessages, "[]api.ToolCall"))
        {
            CheckToolCall(call, decoding);
        }
    }

    private static void CheckToolCall(JsonElement call, GoDecoding decoding)
    {
        const string inCalls = InMessages + ".tool_calls";
        if (!decoding.Value(call, inCalls, "api.ToolCall", JsonValueKind.Object))
        {
            return;
        }

        decoding.Text(call, "id", inCalls);
        if (decoding.Object(call, "function", inCalls, "api.ToolCallFunction") is not { } function)
        {
            return;
        }

        decoding.Whole(function, "index", inCalls + ".function");
        decoding.Text(function, "name", inCalls + ".function");

        // Arguments are an object, never a string of JSON as in OpenAI's protocol. The text is that of the ordered map Ollama uses.
        if (function.Find("arguments") is { ValueKind: not JsonValueKind.Object })
        {
            decoding.Fail("Value looks like object, but can't find closing '}' symbol");
        }
    }

    /// <summary>Images are raw base64; a <c>data:</c> prefix is refused at its colon.</summary>
    private static void CheckBase64(string text, GoDecoding decoding)
    {
        var end = text.AsSpan().TrimEnd('=').Length;
        for (var index = 0; index < end; index++)
        {
            if (!char.IsAsciiLetterOrDigit(text[index]) && text[index] is not ('+' or '/' or '\r' or '\n'))
            {
                decoding.Fail($"illegal base64 data at input byte {index}");
                return;
            }
        }

        if (text.Count(symbol => symbol is not ('\r' or '\n')) % 4 != 0)
        {
            decoding.Fail($"illegal base64 data at input byte {text.Length}");
        }
    }

    /// <summary><c>think</c>: true, false, or one of four levels.</summary>
    private static void CheckThink(JsonElement request, GoDecoding decoding)
    {
        switch (request.Find("think"))
        {
            case null or { ValueKind: JsonValueKind.True or JsonValueKind.False }:
                return;
            case { ValueKind: JsonValueKind.String } level:
                if (level.GetString() is not ("high" or "medium" or "low" or "max"))
                {
                    decoding.Fail($"invalid think value: {level.GetRawText()} (must be \"high\", \"medium\", \"low\", \"max\", true, or false)");
                }

                return;
            default:
                decoding.Fail("think must be a boolean or string (\"high\", \"medium\", \"low\", \"max\", true, or false)");
                return;
        }
    }

    /// <summary><c>keep_alive</c>: seconds as a number, or a Go duration such as <c>5m</c>, <c>1h30m</c>, <c>-1s</c>.</summary>
    private static void CheckKeepAlive(JsonElement request, GoDecoding decoding)
    {
        switch (request.Find("keep_alive"))
        {
            case null or { ValueKind: JsonValueKind.Number }:
                return;
            case { ValueKind: JsonValueKind.String } text:
                if (GoDuration.Parse(text.GetString()!) is null)
                {
                    decoding.Fail($"time: invalid duration {text.GetRawText()}");
                }

                return;
            default:
                decoding.Fail("Unsupported type: 'bool'");
                return;
        }
    }
}
