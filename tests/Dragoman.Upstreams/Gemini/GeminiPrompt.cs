using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>A prompt as one text, in the order in which a model reads it; for counting, and for what two prompts have in common.</summary>
internal sealed class GeminiPrompt
{
    // A common rule of thumb for English and code.
    private const int CharactersPerToken = 4;

    // What Google counts for a small image or a page of a document.
    private const int TokensPerFile = 258;

    private readonly StringBuilder text = new();
    private int files;

    private GeminiPrompt()
    {
    }

    /// <summary>The text.</summary>
    public string Text => text.ToString();

    /// <summary>Its tokens.</summary>
    public int Tokens => TokensOf(text.Length) + (files * TokensPerFile);

    /// <summary>The prompt of a decoded request.</summary>
    public static GeminiPrompt Of(JsonElement request)
    {
        var prompt = new GeminiPrompt();
        prompt.Append(request.Find("systemInstruction") ?? default);
        prompt.Append(request.Find("tools") ?? default);
        prompt.Append(request.Find("contents") ?? default);
        return prompt;
    }

    /// <summary>The tokens of so many characters.</summary>
    public static int TokensOf(int characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;

    private void Append(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Append(property);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Append(item);
                }

                break;
            case JsonValueKind.String:
                text.Append(value.GetString()).Append('\n');
                break;
            case JsonValueKind.Undefined:
                break;
            default:
                text.Append(value.GetRawText()).Append('\n');
                break;
        }
    }

    private void Append(JsonProperty property)
    {
        switch (property.Name)
        {
            case "inlineData" or "fileData":
                files++;
                text.Append("[file]\n");
                break;
            // Not read by the model as text.
            case "thoughtSignature" or "id":
                break;
            default:
                text.Append(property.Name).Append(' ');
                Append(property.Value);
                break;
        }
    }
}

/// <summary>Implicit caching: what begins like an earlier prompt of the same model costs less, if it is long enough.</summary>
internal sealed class PrefixCache
{
    // The least that Google caches by itself.
    private const int LeastTokens = 1024;

    private readonly ConcurrentDictionary<string, string> latest = new(StringComparer.Ordinal);

    /// <summary>The tokens of the prompt that were read before; from now on all of them were.</summary>
    public int Read(string model, string prompt)
    {
        var before = latest.GetValueOrDefault(model, "");
        latest[model] = prompt;
        var tokens = prompt.AsSpan().CommonPrefixLength(before) is var length && length > 0 ? GeminiPrompt.TokensOf(length) : 0;
        return tokens < LeastTokens ? 0 : tokens;
    }
}
