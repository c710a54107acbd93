using Dragoman.Messages;

namespace Dragoman.Http;

/// <summary>Reads what a client says outside the body of its request.</summary>
internal static class ClientHeadReader
{
    // Everything else stays here: addresses, cookies and origins are no business of an upstream's, and tracing headers are the gateway's own.
    private static readonly string[] Prefixes = ["anthropic-", "x-claude-code-", "x-stainless-"];
    private static readonly string[] Names = ["user-agent", "x-app"];
    private static readonly string[] CredentialNames = ["x-api-key", "authorization"];

    /// <summary>Reads the head of a request.</summary>
    public static ClientHead Read(HttpContext http)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var credentials = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in http.Request.Headers)
        {
            var into = IsPassed(name) ? headers : Is(CredentialNames, name) ? credentials : null;
            if (into is null) continue;
            // A header may come several times (anthropic-beta does).
            foreach (var value in values) into.Add(new KeyValuePair<string, string>(name, value ?? ""));
        }

        return new ClientHead { Headers = headers, Credentials = credentials, Query = http.Request.QueryString.Value ?? "" };
    }

    private static bool IsPassed(string name) => Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) || Is(Names, name);

    private static bool Is(string[] names, string name) => Array.Exists(names, known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
}
