using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>Ids of calls in a history, which may be another upstream's. One that the upstream would refuse is replaced, always by the same one.</summary>
internal static class CallIds
{
    /// <summary>The id for the upstream.</summary>
    public static string Fit(string id, OpenAiDialect dialect)
    {
        var isPlain = id.All(char.IsAsciiLetterOrDigit);
        var fits = dialect.CallIdLength is { } exact ? id.Length == exact && isPlain : id.Length <= dialect.MaxCallIdLength;
        if (fits) return id;
        // Letters and digits of both cases would do for Mistral; small ones are enough to tell a session's calls apart.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        return hash[..(dialect.CallIdLength ?? Math.Min(hash.Length, dialect.MaxCallIdLength))];
    }
}
