namespace Dragoman.Http;

/// <summary>Cross-origin requests of the web pages that the configuration allows; nothing for all others.</summary>
internal static class Cors
{
    private const string AllowedHeaders =
        "authorization, x-api-key, content-type, anthropic-version, anthropic-beta, anthropic-dangerous-direct-browser-access, x-stainless-arch, x-stainless-helper, "
        + "x-stainless-helper-method, x-stainless-lang, x-stainless-os, x-stainless-package-version, x-stainless-retry-count, x-stainless-runtime, "
        + "x-stainless-runtime-version, x-stainless-timeout";

    /// <summary>Adds the headers for an allowed origin; true when the request was only a preflight and is answered with that.</summary>
    public static bool Answer(HttpContext http, ClientGuard guard, string[] methods)
    {
        string? origin = http.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin) || !guard.Allows(origin)) return false;
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "request-id, retry-after, x-dragoman-model, x-dragoman-route, x-dragoman-degraded";
        if (!HttpMethods.IsOptions(http.Request.Method)) return false;
        headers.AccessControlAllowMethods = string.Join(", ", methods);
        headers.AccessControlAllowHeaders = AllowedHeaders;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
