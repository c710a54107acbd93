using System.Text.Json;

namespace Dragoman.Providers.OpenAi;

/// <summary>What an error body says, in whichever of the known forms.</summary>
/// <param name="Message">What happened.</param>
/// <param name="Type">The kind of error, for example <c>invalid_request_error</c> or <c>exceed_context_size_error</c>.</param>
/// <param name="Code">The code, for example <c>context_length_exceeded</c>; may be a number.</param>
internal sealed record OpenAiErrorBody(string Message, string Type = "", string Code = "")
{
    // An error page of something in between is shown in part.
    private const int MaxShownCharacters = 500;

    /// <summary>The code as an HTTP status, where it is one; 0 otherwise.</summary>
    public int Status => int.TryParse(Code, System.Globalization.CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600 ? status : 0;

    /// <summary>All of it, to look for words in.</summary>
    public string Everything => $"{Message} {Type} {Code}";

    /// <summary>Reads a body: <c>{"error":{…}}</c>, <c>{"error":"…"}</c>, an array of these, <c>{"detail":…}</c>, an event of a response, or whatever it is as text.</summary>
    public static OpenAiErrorBody Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            // Google's OpenAI-compatible endpoint.
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0) root = root[0];
            if (root.ValueKind == JsonValueKind.Object && Find(root) is { Message.Length: > 0 } found) return found;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A proxy's page or plain text: shown as it is.
        }

        var text = IsPage(body) ? "a web page" : body.Trim();
        return new OpenAiErrorBody(text.Length > MaxShownCharacters ? text[..MaxShownCharacters] + "…" : text);
    }

    private static bool IsPage(string body) =>
        body.TrimStart().StartsWith('<') && (body.Contains("<html", StringComparison.OrdinalIgnoreCase) || body.Contains("<!doctype", StringComparison.OrdinalIgnoreCase));

    private static OpenAiErrorBody? Find(JsonElement root)
    {
        // {"type":"response.failed","response":{"error":{…}}}
        if (root.Find("response") is { } response && response.Find("error") is { } inner) return Of(inner);
        if (root.Find("error") is { } error) return Of(error);
        // OpenRouter's place in a whole answer.
        if (root.Find("choices") is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0 && choices[0].Find("error") is { } ofChoice) return Of(ofChoice);
        // FastAPI: a text, or a list of what is wrong where.
        if (root.Find("detail") is { } detail) return detail.ValueKind == JsonValueKind.Array && detail.GetArrayLength() > 0 ? Of(detail[0]) : Of(detail);
        if (root.Find("errors") is { ValueKind: JsonValueKind.Array } errors && errors.GetArrayLength() > 0) return Of(errors[0]);
        return Of(root);
    }

    private static OpenAiErrorBody Of(JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.String) return new OpenAiErrorBody(JsonTexts.Read(error));
        if (error.ValueKind != JsonValueKind.Object) return new OpenAiErrorBody(error.GetRawText());
        var message = JsonTexts.Of(error, "message");
        if (message.Length == 0) message = JsonTexts.Of(error, "msg");
        if (message.Length == 0) message = JsonTexts.Of(error, "error");
        var code = error.Find("code") is { ValueKind: JsonValueKind.String or JsonValueKind.Number } given ? given.ToString() : "";
        return WithCause(new OpenAiErrorBody(message, JsonTexts.Of(error, "type"), code), error);
    }

    // OpenRouter says "Provider returned error", and what the provider said in the metadata, as text.
    private static OpenAiErrorBody WithCause(OpenAiErrorBody error, JsonElement given)
    {
        if (given.Find("metadata") is not { } metadata || JsonTexts.Of(metadata, "raw") is not { Length: > 0 } raw || raw.Length > MaxShownCharacters * 10) return error;
        var cause = Read(raw);
        var who = JsonTexts.Of(metadata, "provider_name");
        return error with { Message = $"{error.Message}{(who.Length > 0 ? $" ({who})" : "")}: {cause.Message}", Type = error.Type.Length > 0 ? error.Type : cause.Type };
    }
}
