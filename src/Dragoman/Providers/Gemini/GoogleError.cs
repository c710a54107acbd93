using System.Globalization;
using System.Text.Json;

namespace Dragoman.Providers.Gemini;

/// <summary>Google's error object, wherever it was found.</summary>
/// <param name="Code">The HTTP status that it names; 0 when it names none.</param>
/// <param name="Status">The canonical name, for example <c>RESOURCE_EXHAUSTED</c>.</param>
/// <param name="Message">What happened.</param>
internal sealed record GoogleError(int Code, string Status, string Message)
{
    // An error page of something in between is shown in part.
    private const int MaxShownCharacters = 500;

    /// <summary>The <c>reason</c> of the <c>ErrorInfo</c> detail, for example <c>API_KEY_INVALID</c>.</summary>
    public string Reason { get; private init; } = "";

    /// <summary>The <c>RetryInfo</c> detail.</summary>
    public TimeSpan? RetryDelay { get; private init; }

    /// <summary>Reads an error body: the object, the object in an array (streaming calls), OAuth's two strings, or whatever it is as text.</summary>
    public static GoogleError Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0) root = root[0];
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error)) return Read(root, error);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A proxy's page or plain text: shown as it is.
        }

        var text = body.Trim();
        return new GoogleError(0, "", text.Length > MaxShownCharacters ? text[..MaxShownCharacters] + "…" : text);
    }

    private static GoogleError Read(JsonElement root, JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.String) return new GoogleError(0, error.GetString()!, Text(root, "error_description") is { Length: > 0 } description ? description : error.GetString()!);
        if (error.ValueKind != JsonValueKind.Object) return new GoogleError(0, "", error.GetRawText());
        var code = error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var status) ? status : 0;
        var reason = "";
        TimeSpan? delay = null;
        if (error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
        {
            foreach (var detail in details.EnumerateArray())
            {
                var type = Text(detail, "@type");
                if (type.EndsWith("ErrorInfo", StringComparison.Ordinal)) reason = Text(detail, "reason");
                else if (type.EndsWith("RetryInfo", StringComparison.Ordinal)) delay = Duration(Text(detail, "retryDelay"));
            }
        }

        return new GoogleError(code, Text(error, "status"), Text(error, "message")) { Reason = reason, RetryDelay = delay };
    }

    // "37s" or "3.5s"; a fraction rounds up, as the header that it becomes has whole seconds.
    private static TimeSpan? Duration(string text)
    {
        if (!text.EndsWith('s') || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return null;
        const double longest = 7 * 24 * 3600;
        return TimeSpan.FromSeconds(Math.Ceiling(Math.Min(seconds, longest)));
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
