using Dragoman.Replies;

namespace Dragoman.Http;

/// <summary>What a client should do about an error, as SDKs read it from <c>x-should-retry</c>. The table is in docs/delivery.md.</summary>
internal enum RetryAdvice
{
    /// <summary>Nothing is said: clients have rules of their own.</summary>
    None,

    /// <summary>Asking again is in vain: somebody has to set something right.</summary>
    InVain,

    /// <summary>The gateway has asked again already, and there is no telling when it will help.</summary>
    Repeated,

    /// <summary>Asking again helps after the time that <c>retry-after</c> says.</summary>
    Later,
}

/// <summary>Finds the advice and writes it.</summary>
internal static class RetryAdvices
{
    private const string Header = "x-should-retry";

    /// <summary>The advice for a failure.</summary>
    public static RetryAdvice For(UpstreamError error) => error.Kind switch
    {
        // The client's own key may have gone upstream, and it may have a newer one.
        UpstreamErrorKind.Authentication or UpstreamErrorKind.Permission => error.Passed is null ? RetryAdvice.InVain : RetryAdvice.None,
        UpstreamErrorKind.Misconfigured => RetryAdvice.InVain,
        // No client asks again by itself, and what Claude Code does about these it does by their words.
        UpstreamErrorKind.InvalidRequest or UpstreamErrorKind.ContextOverflow or UpstreamErrorKind.ModelNotFound => RetryAdvice.None,
        _ when error.RetryAfter is not null => RetryAdvice.Later,
        _ => error.Repeated ? RetryAdvice.Repeated : RetryAdvice.None,
    };

    /// <summary>Writes the header; what an upstream said of it stays, unless the gateway knows better.</summary>
    public static void Write(HttpContext http, RetryAdvice advice)
    {
        var headers = http.Response.Headers;
        switch (advice)
        {
            case RetryAdvice.InVain:
                headers[Header] = "false";
                break;
            // Claude Code stops at "false". Its ten attempts over minutes are how a session outlives an upstream that restarts; an SDK's two at once would only multiply ours.
            case RetryAdvice.Repeated when !ClientAgent.IsClaudeCode(http):
                headers[Header] = "false";
                break;
            case RetryAdvice.Later when !headers.ContainsKey(Header):
                headers[Header] = "true";
                break;
        }
    }
}
