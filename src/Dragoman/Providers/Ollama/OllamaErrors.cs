using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Replies;
using static Dragoman.Providers.ErrorWords;

namespace Dragoman.Providers.Ollama;

/// <summary>What Ollama's failures mean and what the user can do about them.</summary>
/// <param name="provider">The provider's name in the configuration.</param>
/// <param name="address">The server's address.</param>
internal sealed partial class OllamaErrors(string provider, Uri address) : IConnectionErrors
{
    private const string UsualName = "ollama";

    private const string ServerTells = "`ollama ps` and the server's log tell whether the model crashed.";

    // The option is the setting of the usual section; a second server has only its own.
    private string UrlSetting => provider == UsualName ? "--ollama-url" : $"providers.{provider}.url";

    // Which of several servers; the only one need not be named twice.
    private string Named => provider == UsualName ? "" : $"{provider}: ";

    // llama-server's own text of an overflow; it has both real numbers.
    [GeneratedRegex(@"request \((?<tokens>[0-9]{1,9}) tokens\) exceeds the available context size \((?<limit>[0-9]{1,9}) tokens\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Overflow();

    /// <summary>An error status before the first byte.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body: <c>{"error":"text"}</c>, or plain text.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header.</param>
    /// <param name="model">The model that was asked.</param>
    /// <param name="context">The prompt's size and limit, for an overflow that doesn't tell its numbers.</param>
    public UpstreamError FromStatus(HttpStatusCode status, string body, TimeSpan? retryAfter, string model, PromptSize context)
    {
        if (IsOverflow(body)) return OverflowError(body, context);
        var (text, signIn) = Read(body);
        if (text.Length == 0) text = $"HTTP {(int)status} without a reason";
        return (int)status switch
        {
            404 when body.StartsWith("404 page", StringComparison.Ordinal) => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{provider}: {address} answers, but it is not an Ollama server (no /api/chat there). Check {UrlSetting}."),
            404 => new UpstreamError(UpstreamErrorKind.ModelNotFound, $"{provider}: the model '{model}' is not installed at {address}. Run: ollama pull {model}"),
            400 => new UpstreamError(UpstreamErrorKind.InvalidRequest, $"{provider}/{model}: {text}"),
            401 => new UpstreamError(UpstreamErrorKind.Authentication, $"{provider}/{model}: {text}. {(signIn is null ? "Run `ollama signin`, or set the provider's apiKey." : $"Sign in: {signIn}")}"),
            403 => new UpstreamError(UpstreamErrorKind.Permission, $"{provider}/{model}: {text}"),
            429 => new UpstreamError(UpstreamErrorKind.RateLimited, TryAgain($"{provider}/{model}: {text}", retryAfter), retryAfter),
            503 => new UpstreamError(UpstreamErrorKind.Overloaded, $"{provider}/{model}: {text} (raise OLLAMA_MAX_QUEUE or OLLAMA_NUM_PARALLEL, or wait)", retryAfter),
            >= 300 and < 400 => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{provider}: {address} redirects (HTTP {(int)status}), which is not followed. Set {UrlSetting} to where it leads."),
            405 => new UpstreamError(UpstreamErrorKind.Misconfigured, $"{provider}: {address} answers, but it is not an Ollama server (HTTP 405 at /api/chat). Check {UrlSetting}."),
            >= 500 => new UpstreamError(UpstreamErrorKind.Broken, $"{TryAgain($"{provider}/{model}: {text}", retryAfter)} {ServerTells}", retryAfter),
            _ => new UpstreamError(UpstreamErrorKind.Broken, $"{provider}/{model}: HTTP {(int)status}: {text}"),
        };
    }

    /// <summary>An <c>{"error":…}</c> line in the middle of an answer.</summary>
    public UpstreamError FromLine(string text, string model, PromptSize context)
    {
        if (IsOverflow(text)) return OverflowError(text, context);
        return new UpstreamError(UpstreamErrorKind.Broken, TryAgain($"{provider}/{model} failed in the middle of its answer: {Inner(text)}"));
    }

    /// <summary>The server can't be reached.</summary>
    public UpstreamError Unreachable(Exception cause) => new(
        ErrorWords.Unreached(cause),
        address.IsLoopback
            ? $"{Named}Ollama is not running at {address}: start it with `ollama serve` (or the Ollama app), or give its address with {UrlSetting}. ({cause.Message})"
            : $"{Named}Ollama at {address} can't be reached: check that it runs there and listens on that address (OLLAMA_HOST=0.0.0.0). ({cause.Message})");

    /// <summary>The connection broke in the middle of an answer.</summary>
    public UpstreamError Dropped(string model, string cause) =>
        new(UpstreamErrorKind.Broken, $"{provider}/{model}: the connection to {address} broke in the middle of the answer ({cause}). Try again. {ServerTells}");

    /// <summary>The stream ended without its last line. Known from Ollama's guard against a model that repeats one token more than 30 times.</summary>
    public UpstreamError EndedEarly(string model) =>
        new(UpstreamErrorKind.Broken, $"{provider}/{model}: the answer ended without an end. Ollama does this when a model repeats one token more than 30 times; try again, or another model or a higher temperature.");

    /// <summary>A model could not be fetched. The texts are Ollama's own, and the system's on its machine; where trying again is in vain, the model counts as not there.</summary>
    public UpstreamError PullFailed(string model, string cause) => cause switch
    {
        _ when cause.Contains("file does not exist", StringComparison.Ordinal) =>
            new(UpstreamErrorKind.ModelNotFound, $"{provider}: there is no model '{model}' to download. Names are at https://ollama.com/library"),
        _ when cause.Contains("no space left on device", StringComparison.Ordinal) || cause.Contains("not enough space on the disk", StringComparison.Ordinal) =>
            new(UpstreamErrorKind.ModelNotFound, $"{provider}: the download of '{model}' has filled the disk at {address} ({cause}). Free some of it (`ollama rm` takes models away), or have OLLAMA_MODELS name a folder on a larger disk; what has arrived is kept."),
        _ when cause.Contains("newer version of Ollama", StringComparison.Ordinal) =>
            new(UpstreamErrorKind.ModelNotFound, $"{provider}: '{model}' needs a newer Ollama than the one at {address}. Update it (https://ollama.com/download), then try again."),
        _ => new(UpstreamErrorKind.Broken, $"{provider}: the download of '{model}' to {address} failed: {cause.TrimEnd('.')}. What has arrived is kept; try again to go on from there."),
    };

    /// <summary>A model could not be fetched: an error status in place of the download.</summary>
    public UpstreamError PullRefused(HttpStatusCode status, string body, TimeSpan? retryAfter, string model) =>
        status is HttpStatusCode.InternalServerError ? PullFailed(model, Read(body).Text) : FromStatus(status, body, retryAfter, model, default);

    /// <summary>No byte for too long.</summary>
    public UpstreamError Silent(string model, TimeSpan limit) =>
        new(UpstreamErrorKind.TimedOut, $"{provider}/{model}: no byte from {address} for {limit.TotalSeconds:N0} s. Raise idleTimeoutSeconds if the model really needs that long to load or to read the prompt.");

    /// <summary>An answer that is not Ollama's.</summary>
    public UpstreamError Unreadable(string model, string detail) => new(UpstreamErrorKind.Broken, $"{Sentence($"{provider}/{model}: {address} sent something that is not Ollama's format: {detail}")} Check {UrlSetting}.");

    private static bool IsOverflow(string text) =>
        text.Contains("exceeds the available context size", StringComparison.Ordinal) || text.Contains("prompt is longer than the context length", StringComparison.Ordinal)
        || text.Contains("exceed_context_size_error", StringComparison.Ordinal);

    // Claude Code recognises this wording and compacts the conversation.
    private static UpstreamError OverflowError(string text, PromptSize context)
    {
        var known = Overflow().Match(text);
        var tokens = known.Success ? int.Parse(known.Groups["tokens"].ValueSpan, CultureInfo.InvariantCulture) : Math.Max(context.Tokens, context.Limit + 1);
        if (!known.Success && context.Limit <= 0)
        {
            // A cloud model whose context nobody told us: better no number than an invented one.
            return new UpstreamError(UpstreamErrorKind.ContextOverflow, $"prompt is too long: about {context.Tokens} tokens, more than the model takes");
        }

        var limit = known.Success ? int.Parse(known.Groups["limit"].ValueSpan, CultureInfo.InvariantCulture) : context.Limit;
        return new UpstreamError(UpstreamErrorKind.ContextOverflow, $"prompt is too long: {tokens} tokens > {limit} maximum");
    }

    private static (string Text, string? SignIn) Read(string body)
    {
        const int shown = 500;
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error))
            {
                var signIn = document.RootElement.TryGetProperty("signin_url", out var url) && url.ValueKind == JsonValueKind.String ? url.GetString() : null;
                return (Text(error), signIn);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A proxy's page or plain text: shown as it is.
        }

        var text = body.Trim();
        return (text.Length > shown ? text[..shown] + "…" : text, null);
    }

    private static string Text(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String => Inner(error.GetString()!),
        JsonValueKind.Object when error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String => message.GetString()!,
        JsonValueKind.Null => "",
        _ => error.GetRawText(),
    };

    // Ollama passes on llama-server's answer as it is: {"error":{"message":…}}, as a string inside its own.
    private static string Inner(string text)
    {
        if (!text.StartsWith('{')) return text;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? Text(error) : text;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A text that merely begins with a brace, or JSON with half a surrogate pair (InvalidOperationException).
            return text;
        }
    }
}

/// <summary>The estimated size of a prompt and the context size that was asked for, in tokens.</summary>
internal readonly record struct PromptSize(int Tokens, int Limit);
