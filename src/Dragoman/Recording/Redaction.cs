using System.Text;
using System.Text.Json;

namespace Dragoman.Recording;

/// <summary>
/// Takes the secrets out of what is recorded: the values of headers and query parameters that carry keys, the same values wherever else they occur (an upstream
/// that quotes a wrong key), and the strings of JSON fields that are meant for secrets.
/// </summary>
internal sealed class Redaction
{
    /// <summary>What stands where a secret was.</summary>
    public const string Hidden = "(hidden)";

    // A shorter value is none, and would be found in the middle of other words.
    private const int MinSecretCharacters = 6;

    private static readonly string[] SecretWords = ["auth", "key", "token", "secret", "cookie", "password", "credential", "signature"];

    // Fields of requests that hold secrets by their definition: MCP servers, OAuth, keys among the extra fields of an upstream.
    private static readonly string[] SecretFields = ["authorization_token", "api_key", "apiKey", "access_token", "refresh_token", "id_token", "client_secret", "private_key", "password"];

    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);

    /// <summary>A header's value as it may be shown; a secret one is remembered.</summary>
    public string Header(string name, string value)
    {
        if (!IsSecret(name)) return value;
        // "Bearer abc": the second word is the secret.
        foreach (var word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Remember(word);
        return Hidden;
    }

    /// <summary>An address without the secrets of its query.</summary>
    public string Address(Uri address)
    {
        if (address.Query.Length < 2) return address.GetLeftPart(UriPartial.Path);
        var parameters = address.Query[1..].Split('&').Select(parameter =>
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !IsSecret(parameter[..equals])) return parameter;
            Remember(Uri.UnescapeDataString(parameter[(equals + 1)..]));
            return parameter[..equals] + "=" + Hidden;
        });
        return $"{address.GetLeftPart(UriPartial.Path)}?{string.Join('&', parameters)}";
    }

    /// <summary>A body without secrets; the same bytes when there are none in it. To be asked when all headers have been seen.</summary>
    public byte[] Body(byte[] body)
    {
        foreach (var secret in _secrets) body = Replace(body, Encoding.UTF8.GetBytes(secret));
        return WithoutSecretFields(body);
    }

    private void Remember(string value)
    {
        if (value.Length >= MinSecretCharacters && !string.Equals(value, "Bearer", StringComparison.OrdinalIgnoreCase)) _secrets.Add(value);
    }

    // Limits of tokens a minute are no secret, and worth knowing.
    private static bool IsSecret(string name) =>
        SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) && !name.Contains("ratelimit", StringComparison.OrdinalIgnoreCase);

    private static byte[] Replace(byte[] body, byte[] secret)
    {
        if (body.AsSpan().IndexOf(secret) < 0) return body;
        using var clean = new MemoryStream(body.Length);
        var rest = body.AsSpan();
        for (var at = rest.IndexOf(secret); at >= 0; at = rest.IndexOf(secret))
        {
            clean.Write(rest[..at]);
            clean.Write(Encoding.UTF8.GetBytes(Hidden));
            rest = rest[(at + secret.Length)..];
        }

        clean.Write(rest);
        return clean.ToArray();
    }

    private static bool IsSecretField(in Utf8JsonReader json)
    {
        foreach (var field in SecretFields)
        {
            if (json.ValueTextEquals(field)) return true;
        }

        return false;
    }

    private static byte[] WithoutSecretFields(byte[] body)
    {
        var found = new List<(int Start, int End)>();
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256, AllowTrailingCommas = true });
        try
        {
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || !IsSecretField(json)) continue;
                if (json.Read() && json.TokenType == JsonTokenType.String) found.Add(((int)json.TokenStartIndex + 1, (int)json.BytesConsumed - 1));
            }
        }
        catch (JsonException)
        {
            // Not JSON, or cut: what was found up to here is taken out.
        }

        if (found.Count == 0) return body;
        using var clean = new MemoryStream(body.Length);
        var at = 0;
        foreach (var (start, end) in found)
        {
            clean.Write(body.AsSpan(at, start - at));
            clean.Write(Encoding.UTF8.GetBytes(Hidden));
            at = end;
        }

        clean.Write(body.AsSpan(at));
        return clean.ToArray();
    }
}
