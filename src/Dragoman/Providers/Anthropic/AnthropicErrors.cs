using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>What an upstream's failures mean. What it says in the client's language is passed on; the words here are for the log, and for failures of another form.</summary>
/// <param name="target">The provider and model, for people.</param>
/// <param name="address">The API's address.</param>
internal sealed partial class AnthropicErrors(string target, Uri address) : IConnectionErrors
{
    // "messages.1.content.0: Invalid `signature` in `thinking` block", and the same of `data` in `redacted_thinking`.
    [GeneratedRegex("Invalid `(signature|data)` in `(redacted_)?thinking` block", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ForeignThinking();

    /// <summary>The upstream finds that it didn't write a thinking block of the history.</summary>
    public static bool IsForeignThinking(UpstreamError error) => error.Kind == UpstreamErrorKind.InvalidRequest && ForeignThinking().IsMatch(error.Message);

    /// <summary>An answer with another status than 200.</summary>
    public UpstreamError FromStatus(int status, ReadOnlyMemory<byte> body, UpstreamHead head)
    {
        var wait = RetryAfter(head);
        if (ErrorBody.Read(body) is { IsAnthropic: true } error)
        {
            return new UpstreamError(KindOf(status, error), $"{target}: {error.Message}", wait) { Passed = new PassedError(status, error.Type, body, head) };
        }

        var words = ErrorBody.Read(body)?.Message ?? Shown(body);
        return status switch
        {
            404 => new UpstreamError(UpstreamErrorKind.ModelNotFound, $"{target}: HTTP 404: {words}. Check the model's name, and that {address} speaks Anthropic's API (POST {address}v1/messages)."),
            405 => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{target}: HTTP 405: {words}. {address} doesn't speak Anthropic's API (POST {address}v1/messages). Check the provider's url."),
            >= 300 and < 400 => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{target}: {address} sends requests elsewhere (HTTP {status}). Set the provider's url to where it leads."),
            _ => new UpstreamError(KindOf(status, error: null), $"{target}: HTTP {status}: {words}", wait),
        };
    }

    /// <summary>An <c>error</c> event, or an error object in place of an answer.</summary>
    public UpstreamError FromEvent(ReadOnlyMemory<byte> data, UpstreamHead head)
    {
        if (ErrorBody.Read(data) is not { IsAnthropic: true } error) return new UpstreamError(UpstreamErrorKind.Broken, $"{target}: {Shown(data)}");
        var status = StatusOf(error.Type);
        // The data is a view into the stream.
        return new UpstreamError(KindOf(status, error), $"{target}: {error.Message}", RetryAfter(head)) { Passed = new PassedError(status, error.Type, data.ToArray(), head) };
    }

    /// <summary>The failure that a stream begins with; null: it begins otherwise. What can't be read at all is the stream's to say.</summary>
    public UpstreamError? FromFirstFrame(ReadOnlyMemory<byte> frame, UpstreamHead head)
    {
        try
        {
            return PassedFrame.Read(frame) is { Type: "error" } error ? FromEvent(error.Data, head) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The upstream can't be reached.</summary>
    public UpstreamError Unreachable(Exception cause) =>
        new(ErrorWords.Unreached(cause), $"{target}: {address} can't be reached: check the network, HTTPS_PROXY and the provider's url. ({cause.Message})");

    /// <summary>The connection broke in the middle of an answer.</summary>
    public UpstreamError Dropped(string cause) => new(UpstreamErrorKind.Broken, $"{target}: the connection to {address} broke in the middle of the answer ({cause}). Try again.");

    /// <summary>The stream ended without <c>message_stop</c>.</summary>
    public UpstreamError EndedEarly() => new(UpstreamErrorKind.Broken, $"{target}: the answer ended without an end. Try again.");

    /// <summary>No byte for too long.</summary>
    public UpstreamError Silent(TimeSpan limit) =>
        new(UpstreamErrorKind.TimedOut, $"{target}: no byte from {address} for {limit.TotalSeconds:N0} s. Raise idleTimeoutSeconds if the model really thinks that long in silence.");

    /// <summary>An answer for people, of a captive portal or of a wrong address.</summary>
    public UpstreamError WebPage() => Unreadable("a web page") with { Kind = UpstreamErrorKind.Misconfigured };

    /// <summary>An answer of another form.</summary>
    public UpstreamError Unreadable(string detail) =>
        new(UpstreamErrorKind.Broken, $"{ErrorWords.Sentence($"{target}: {address} sent something that is not the Anthropic API's format: {detail}")} Check the provider's url.");

    // The target has the model in it.
    UpstreamError IConnectionErrors.Dropped(string model, string cause) => Dropped(cause);

    UpstreamError IConnectionErrors.Silent(string model, TimeSpan limit) => Silent(limit);

    UpstreamError IConnectionErrors.Unreadable(string model, string detail) => Unreadable(detail);

    private static UpstreamErrorKind KindOf(int status, ErrorBody? error)
    {
        var message = error?.Message ?? "";
        if (message.StartsWith("prompt is too long", StringComparison.Ordinal) || message.Contains("exceed context limit", StringComparison.Ordinal)) return UpstreamErrorKind.ContextOverflow;
        // A 400 that another upstream would not give: the account is empty, not the request wrong.
        if (message.Contains("credit balance is too low", StringComparison.OrdinalIgnoreCase)) return UpstreamErrorKind.Permission;
        return status switch
        {
            400 or 413 or 422 => UpstreamErrorKind.InvalidRequest,
            401 => UpstreamErrorKind.Authentication,
            402 or 403 => UpstreamErrorKind.Permission,
            404 => UpstreamErrorKind.ModelNotFound,
            429 => UpstreamErrorKind.RateLimited,
            408 or 504 => UpstreamErrorKind.TimedOut,
            503 or 529 => UpstreamErrorKind.Overloaded,
            _ => UpstreamErrorKind.Broken,
        };
    }

    // The status that the API gives with the type.
    private static int StatusOf(string type) => type switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "conflict_error" => 409,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    };

    private static TimeSpan? RetryAfter(UpstreamHead head)
    {
        foreach (var (name, value) in head.Headers)
        {
            if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number) || number is < 0 or > int.MaxValue) continue;
            if (string.Equals(name, "retry-after-ms", StringComparison.OrdinalIgnoreCase)) return TimeSpan.FromMilliseconds(number);
            if (string.Equals(name, "retry-after", StringComparison.OrdinalIgnoreCase)) return TimeSpan.FromSeconds(number);
        }

        return null;
    }

    private static string Shown(ReadOnlyMemory<byte> body)
    {
        const int shown = 300;
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, shown)]).ReplaceLineEndings(" ").Trim();
        if (text.Length == 0) return "no reason given";
        return body.Length > shown ? text + "…" : text;
    }

    /// <summary>An error object. <paramref name="IsAnthropic"/>: it has the API's own form.</summary>
    private sealed record ErrorBody(string Type, string Message, bool IsAnthropic)
    {
        /// <summary>Reads <c>{"type":"error","error":{"type":…,"message":…}}</c> or what comes near; null for anything else.</summary>
        public static ErrorBody? Read(ReadOnlyMemory<byte> body)
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out var error)) return null;
                if (error.ValueKind == JsonValueKind.String) return new ErrorBody("", error.GetString()!, IsAnthropic: false);
                if (Text(error, "message") is not { } message) return null;
                return Text(error, "type") is { } type ? new ErrorBody(type, message, Text(root, "type") == "error") : new ErrorBody("", message, IsAnthropic: false);
            }
            catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
            {
                // A proxy's page, or plain text.
                return null;
            }
        }

        private static string? Text(JsonElement from, string name) =>
            from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
