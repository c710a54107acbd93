using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Replies;
using static Dragoman.Providers.ErrorWords;

namespace Dragoman.Providers.Gemini;

/// <summary>What Google's failures mean and what the user can do about them.</summary>
/// <param name="provider">The provider's name in the configuration.</param>
/// <param name="address">The API's address.</param>
/// <param name="credentialAdvice">What to do when the credentials are refused.</param>
internal sealed partial class GeminiErrors(string provider, Uri address, string credentialAdvice) : IConnectionErrors
{
    private static readonly string[] KeyReasons = ["API_KEY_INVALID", "API_KEY_EXPIRED", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "CREDENTIALS_MISSING"];

    // "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." and Vertex AI's
    // "… because the input token count is 1200000 but model only supports up to 1048576."
    [GeneratedRegex(@"input token count (is )?\(?(?<tokens>[0-9][0-9,]{0,14})\)? .{0,80}?(supports up to|allowed) \(?(?<limit>[0-9][0-9,]{0,14})", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Overflow();

    /// <summary>An error status before the first byte.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header.</param>
    /// <param name="model">The model that was asked; empty when none was.</param>
    public UpstreamError FromStatus(HttpStatusCode status, string body, TimeSpan? retryAfter, string model)
    {
        var error = GoogleError.Read(body);
        if (error.Message.Length == 0) error = error with { Message = $"HTTP {(int)status} without a reason" };
        return From(error, (int)status, retryAfter, model);
    }

    /// <summary>An error object in the middle of an answer.</summary>
    public UpstreamError FromChunk(ReadOnlyMemory<byte> chunk, string model)
    {
        var error = GoogleError.Read(Encoding.UTF8.GetString(chunk.Span));
        return From(error, error.Code, retryAfter: null, model);
    }

    /// <summary>A chunk is an error. What can't be read at all is the translator's to say.</summary>
    public static bool IsError(ReadOnlyMemory<byte> chunk)
    {
        try
        {
            var read = new GeminiChunk();
            read.Read(chunk);
            return read.IsError;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The API can't be reached.</summary>
    public UpstreamError Unreachable(Exception cause) =>
        new(ErrorWords.Unreached(cause), $"{provider}: {address} can't be reached: check the network, HTTPS_PROXY and {UrlSetting}. ({cause.Message})");

    /// <summary>The connection broke in the middle of an answer.</summary>
    public UpstreamError Dropped(string model, string cause) =>
        new(UpstreamErrorKind.Broken, $"{Of(model)}: the connection to {address} broke in the middle of the answer ({cause}). Try again.");

    /// <summary>The stream ended without a finish reason.</summary>
    public UpstreamError EndedEarly(string model) => new(UpstreamErrorKind.Broken, $"{Of(model)}: the answer ended without an end. Try again.");

    /// <summary>No byte for too long.</summary>
    public UpstreamError Silent(string model, TimeSpan limit) =>
        new(UpstreamErrorKind.TimedOut, $"{Of(model)}: no byte from {address} for {limit.TotalSeconds:N0} s. Raise idleTimeoutSeconds if the model really thinks that long in silence.");

    /// <summary>An answer for people, of a captive portal or of a wrong address.</summary>
    public UpstreamError WebPage(string model) => Unreadable(model, "a web page") with { Kind = UpstreamErrorKind.Misconfigured };

    /// <summary>An answer that is not Google's.</summary>
    public UpstreamError Unreadable(string model, string detail) =>
        new(UpstreamErrorKind.Broken, $"{Sentence($"{Of(model)}: {address} sent something that is not the Gemini API's format: {detail}")} Check {UrlSetting}.");

    /// <summary>The model failed to write an answer, and so it did the second time.</summary>
    public UpstreamError Fruitless(string model, string reason, string words) =>
        new(UpstreamErrorKind.Broken, $"{Of(model)} ended with {reason}: {words}. Try again, or another model; fewer or simpler tools help too.");

    /// <summary>No access token could be had.</summary>
    public UpstreamError NoCredentials(string cause, bool refused) => refused
        ? new UpstreamError(UpstreamErrorKind.Authentication, $"{provider}: {Sentence(cause)} {credentialAdvice}")
        : new UpstreamError(UpstreamErrorKind.Unreachable, $"{provider}: {cause}");

    private UpstreamError From(GoogleError error, int status, TimeSpan? retryAfter, string model)
    {
        if (Overflow().Match(error.Message) is { Success: true } overflow) return TooLong(overflow);
        var text = $"{Of(model)}: {error.Message}";
        var wait = error.RetryDelay ?? retryAfter;
        if (IsKeyProblem(error, status)) return new UpstreamError(UpstreamErrorKind.Authentication, $"{Sentence(text)} {credentialAdvice}");
        return error.Status switch
        {
            // Not the request is wrong but the place that it comes from: another upstream may serve it.
            "FAILED_PRECONDITION" when error.Message.Contains("location is not supported", StringComparison.OrdinalIgnoreCase) =>
                new UpstreamError(UpstreamErrorKind.Permission, $"{Sentence(text)} Vertex AI is available in more places (--vertex-project, --vertex-location)."),
            "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" => new UpstreamError(UpstreamErrorKind.InvalidRequest, text),
            "PERMISSION_DENIED" => new UpstreamError(UpstreamErrorKind.Permission, text),
            "NOT_FOUND" => NotFound(text),
            "RESOURCE_EXHAUSTED" => new UpstreamError(UpstreamErrorKind.RateLimited, TryAgain(text, wait), wait),
            "INTERNAL" or "UNAVAILABLE" => new UpstreamError(UpstreamErrorKind.Overloaded, TryAgain(text, wait), wait),
            "DEADLINE_EXCEEDED" => new UpstreamError(UpstreamErrorKind.TimedOut, TryAgain(text)),
            _ => FromNumber(status, text, wait),
        };
    }

    private UpstreamError FromNumber(int status, string text, TimeSpan? wait) => status switch
    {
        400 => new UpstreamError(UpstreamErrorKind.InvalidRequest, text),
        403 => new UpstreamError(UpstreamErrorKind.Permission, text),
        404 => NotFound(text),
        413 => new UpstreamError(UpstreamErrorKind.InvalidRequest, text),
        429 => new UpstreamError(UpstreamErrorKind.RateLimited, TryAgain(text, wait), wait),
        500 or 503 => new UpstreamError(UpstreamErrorKind.Overloaded, TryAgain(text, wait), wait),
        504 => new UpstreamError(UpstreamErrorKind.TimedOut, TryAgain(text)),
        405 or (>= 300 and < 400) => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{Sentence(text)} The Gemini API is somewhere else than at {address}: check {UrlSetting}."),
        _ => new UpstreamError(UpstreamErrorKind.Broken, TryAgain(text, wait), wait),
    };

    private UpstreamError NotFound(string text) =>
        new(UpstreamErrorKind.ModelNotFound, $"{Sentence(text)} {address} doesn't have the model under this name (and, on Vertex AI, in this location): `GET /v1/models` of the gateway lists what it has.");

    private static bool IsKeyProblem(GoogleError error, int status) =>
        status == 401 || error.Status == "UNAUTHENTICATED" || KeyReasons.Contains(error.Reason, StringComparer.Ordinal)
        || error.Message.StartsWith("API key not valid", StringComparison.OrdinalIgnoreCase) || error.Message.StartsWith("API key expired", StringComparison.OrdinalIgnoreCase);

    // Claude Code recognises this wording and compacts the conversation.
    private static UpstreamError TooLong(Match overflow) =>
        new(UpstreamErrorKind.ContextOverflow, $"prompt is too long: {Number(overflow.Groups["tokens"])} tokens > {Number(overflow.Groups["limit"])} maximum");

    private static long Number(Group digits) => long.Parse(digits.Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    // The option is the setting of the usual section.
    private string UrlSetting => provider == "gemini" ? "--gemini-url" : $"providers.{provider}.url";

    private string Of(string model) => model.Length == 0 ? provider : $"{provider}/{model}";
}
