using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Replies;
using static Dragoman.Providers.ErrorWords;

namespace Dragoman.Providers.OpenAi;

/// <summary>What the failures of OpenAI-compatible servers mean and what the user can do about them.</summary>
/// <param name="provider">The provider's name in the configuration.</param>
/// <param name="address">The server's address.</param>
/// <param name="hasKey">A key is configured.</param>
internal sealed partial class OpenAiErrors(string provider, Uri address, bool hasKey) : IConnectionErrors
{
    // "Please try again in 1.2s", "in 6m0s", "in 320ms": OpenAI, Groq.
    [GeneratedRegex(@"try again in ((?<minutes>[0-9]{1,4})m(?!s))?((?<seconds>[0-9]{1,5}(\.[0-9]{1,6})?)s)?((?<milliseconds>[0-9]{1,7})ms)?", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TryAgain();

    [GeneratedRegex(@"model\b.{0,120}\b(not found|not exist|doesn't exist|is not available|is not loaded|decommissioned)|(unknown|invalid|no such|not a valid) model\b|model_not_found", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoSuchModel();

    [GeneratedRegex(@"api.?key|authenticat|unauthorized|invalid_token", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex AboutTheKey();

    /// <summary>An error status before the first byte.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="retryAfter">What the headers say of when to try again.</param>
    /// <param name="terms">What was asked; null when it wasn't for an answer.</param>
    public UpstreamError FromStatus(HttpStatusCode status, string body, TimeSpan? retryAfter, AnswerTerms? terms)
    {
        var error = OpenAiErrorBody.Read(body);
        if (error.Message.Length == 0) error = error with { Message = $"HTTP {(int)status} without a reason" };
        return From(error, (int)status, retryAfter, terms);
    }

    /// <summary>An error object in the middle of an answer.</summary>
    public UpstreamError FromChunk(ReadOnlyMemory<byte> chunk, AnswerTerms terms)
    {
        var error = OpenAiErrorBody.Read(Encoding.UTF8.GetString(chunk.Span));
        if (error.Message.Length == 0) error = error with { Message = "an error without a reason" };
        return From(error, error.Status > 0 ? error.Status : StatusOf(error), retryAfter: null, terms);
    }

    /// <summary>The server can't be reached.</summary>
    public UpstreamError Unreachable(Exception cause) => new(
        ErrorWords.Unreached(cause),
        address.IsLoopback
            ? $"{provider}: no server answers at {address}: start it, or correct providers.{provider}.url. ({cause.Message})"
            : $"{provider}: {address} can't be reached: check the network, HTTPS_PROXY and providers.{provider}.url. ({cause.Message})");

    /// <summary>The connection broke in the middle of an answer.</summary>
    public UpstreamError Dropped(string model, string cause) =>
        new(UpstreamErrorKind.Broken, $"{Of(model)}: the connection to {address} broke in the middle of the answer ({cause}). Try again.");

    /// <summary>The stream ended without a finish reason.</summary>
    public UpstreamError EndedEarly(string model) => new(UpstreamErrorKind.Broken, $"{Of(model)}: the answer ended without an end. Try again.");

    /// <summary>The model's server ended the answer for a reason of its own.</summary>
    public UpstreamError Ended(string model, UpstreamErrorKind kind, string words) => new(kind, $"{Of(model)}: {words}. Try again.");

    /// <summary>No byte for too long.</summary>
    public UpstreamError Silent(string model, TimeSpan limit) =>
        new(UpstreamErrorKind.TimedOut, $"{Of(model)}: no byte from {address} for {limit.TotalSeconds:N0} s. Raise idleTimeoutSeconds if the model really needs that long.");

    /// <summary>An answer for people, of a captive portal or of a wrong address.</summary>
    public UpstreamError WebPage(string model) => Unreadable(model, "a web page") with { Kind = UpstreamErrorKind.Misconfigured };

    /// <summary>An answer that is not in the API's format.</summary>
    public UpstreamError Unreadable(string model, string detail) =>
        new(UpstreamErrorKind.Broken, $"{Sentence($"{Of(model)}: {address} sent something that is not the OpenAI API's format: {detail}")} Check providers.{provider}.url; most end with /v1.");

    private UpstreamError From(OpenAiErrorBody error, int status, TimeSpan? retryAfter, AnswerTerms? terms)
    {
        var model = terms?.Model ?? "";
        if (status is 400 or 413 or 422 or 429 or >= 500 && ContextOverflow.Find(error.Everything) is { } overflow)
        {
            return new UpstreamError(UpstreamErrorKind.ContextOverflow, overflow.ToMessage(terms?.Prompt.Tokens ?? 0, terms?.ContextTokens));
        }

        var text = $"{Of(model)}: {error.Message}";
        return status switch
        {
            401 => Key(text),
            // xAI and Google say so with 400.
            400 or 403 when AboutTheKey().IsMatch(error.Message) && !error.Message.Contains("model", StringComparison.OrdinalIgnoreCase) => Key(text),
            402 => new UpstreamError(UpstreamErrorKind.Permission, $"{Sentence(text)} The account has no credit left."),
            403 => new UpstreamError(UpstreamErrorKind.Permission, text),
            400 or 404 or 422 when NoSuchModel().IsMatch(error.Everything) => new UpstreamError(UpstreamErrorKind.ModelNotFound, $"{Sentence(text)} `GET /v1/models` of the gateway lists what {address} has."),
            404 or 405 => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{Sentence(text)} Nothing answers at this path of {address}: check providers.{provider}.url; most end with /v1."),
            400 or 413 or 415 or 422 => new UpstreamError(UpstreamErrorKind.InvalidRequest, text),
            408 => new UpstreamError(UpstreamErrorKind.TimedOut, ErrorWords.TryAgain(text)),
            // A conflict with another request, which passes.
            409 => Passing(UpstreamErrorKind.Broken, text, retryAfter),
            429 when error.Code == "insufficient_quota" => new UpstreamError(UpstreamErrorKind.Permission, text),
            429 => Passing(UpstreamErrorKind.RateLimited, text, retryAfter ?? Wait(error.Message)),
            503 or 529 => Passing(UpstreamErrorKind.Overloaded, text, retryAfter ?? Wait(error.Message)),
            >= 500 => Passing(UpstreamErrorKind.Broken, text, retryAfter),
            >= 300 and < 400 => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{Sentence(text)} {address} redirects, which is not followed because of the key: give the right address as providers.{provider}.url."),
            _ => new UpstreamError(UpstreamErrorKind.Broken, $"{Of(model)}: HTTP {status}: {error.Message}"),
        };
    }

    private static UpstreamError Passing(UpstreamErrorKind kind, string text, TimeSpan? retryAfter) => new(kind, ErrorWords.TryAgain(text, retryAfter), retryAfter);

    // The status that the error would have had before the stream began.
    private static int StatusOf(OpenAiErrorBody error) => error switch
    {
        { Type: "rate_limit_error" or "rate_limit_exceeded" or "tokens" or "requests" } or { Code: "rate_limit_exceeded" or "rate_limit_reached_error" } => 429,
        { Type: "overloaded_error" or "engine_overloaded_error" or "service_unavailable" } or { Code: "server_is_overloaded" or "slow_down" } => 503,
        { Type: "authentication_error" or "invalid_api_key" } or { Code: "invalid_api_key" } => 401,
        { Type: "invalid_request_error" or "BadRequestError" } or { Code: "invalid_prompt" or "context_length_exceeded" } => 400,
        _ => 500,
    };

    private UpstreamError Key(string text) => new(
        UpstreamErrorKind.Authentication,
        hasKey ? $"{Sentence(text)} Check providers.{provider}.apiKey." : $"{Sentence(text)} Set providers.{provider}.apiKey, for example to env:NAME_OF_A_VARIABLE.");

    private static TimeSpan? Wait(string message)
    {
        var found = TryAgain().Match(message);
        if (!found.Success) return null;
        var wait = TimeSpan.FromMinutes(Part("minutes")) + TimeSpan.FromSeconds(Part("seconds")) + TimeSpan.FromMilliseconds(Part("milliseconds"));
        return wait > TimeSpan.Zero ? wait : null;

        double Part(string name) => double.TryParse(found.Groups[name].Value, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private string Of(string model) => model.Length == 0 ? provider : $"{provider}/{model}";
}
