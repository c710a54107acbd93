using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>
/// The thought signatures that a server has issued, and what each belongs to. Google's own are encrypted; these are random-looking bytes of the same
/// size that the server remembers, so a signature that comes back on another part than it was issued for is found out.
/// </summary>
internal sealed class ThoughtSignatures(bool coversArguments)
{
    // Google's are some hundred bytes to some kilobytes.
    private const int Blocks = 9;

    private static readonly string[] Bypasses = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    private readonly ConcurrentDictionary<string, Issued> issued = new(StringComparer.Ordinal);
    private int count;

    /// <summary>Whether it is one of the documented values that stand for a signature of a foreign history.</summary>
    public static bool IsBypass(string signature) => Bypasses.Contains(signature);

    /// <summary>A new signature for a function call.</summary>
    public string ForCall(string model, string name, JsonElement arguments) => Issue(new Issued(model, Subject(name, arguments)));

    /// <summary>A new signature for a part that is no call.</summary>
    public string ForText(string model) => Issue(new Issued(model, ""));

    /// <summary>Whether a part carries the signature that was issued for it, by this model.</summary>
    public bool Belongs(string signature, string model, JsonElement part)
    {
        var subject = part.Find("functionCall") is { } call ? Subject(call.FindText("name") ?? "", call.Find("args") ?? default) : "";
        return issued.TryGetValue(signature, out var found) && found == new Issued(model, subject);
    }

    private string Issue(Issued subject)
    {
        // Not random, so that runs are alike.
        var number = Interlocked.Increment(ref count);
        var bytes = Enumerable.Range(0, Blocks)
            .SelectMany(block => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}.{block}.{subject}"))));
        var signature = Convert.ToBase64String([.. bytes]);
        issued[signature] = subject;
        return signature;
    }

    private string Subject(string name, JsonElement arguments) =>
        coversArguments && arguments.ValueKind == JsonValueKind.Object ? $"{name} {Json.Write(writer => WriteSorted(writer, arguments))}" : name;

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    WriteSorted(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteSorted(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteNumberValue(value.GetDouble());
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private sealed record Issued(string Model, string Subject);
}
