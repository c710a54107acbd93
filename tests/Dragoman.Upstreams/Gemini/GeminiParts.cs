using System.Globalization;
using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.Gemini;

/// <summary>The JSON of parts of an answer.</summary>
internal static class GeminiParts
{
    // A piece of a streamed string.
    private const int TokensPerPiece = 3;

    /// <summary>A text or a thought.</summary>
    public static string Text(string text, bool isThought, string? signature) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("text", text);
        if (isThought)
        {
            writer.WriteBoolean("thought", true);
        }

        WriteSignature(writer, signature);
        writer.WriteEndObject();
    });

    /// <summary>A whole function call.</summary>
    public static string Call(string name, JsonElement arguments, string? id, string? signature) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall");
        writer.WriteString("name", name);
        writer.WritePropertyName("args");
        arguments.WriteTo(writer);
        WriteId(writer, id);
        writer.WriteEndObject();
        WriteSignature(writer, signature);
        writer.WriteEndObject();
    });

    /// <summary>The parts of a function call whose arguments are streamed, each for a chunk of its own.</summary>
    public static IEnumerable<string> Streamed(string name, JsonElement arguments, string? id, string? signature, bool isTerminated)
    {
        var pieces = Pieces(arguments, "$").ToList();
        yield return Json.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("functionCall");
            writer.WriteString("name", name);
            WriteId(writer, id);
            // Without arguments the call is whole at once.
            if (pieces.Count > 0)
            {
                writer.WriteBoolean("willContinue", true);
            }

            writer.WriteEndObject();
            WriteSignature(writer, signature);
            writer.WriteEndObject();
        });
        foreach (var piece in pieces)
        {
            yield return $$$"""{"functionCall":{"partialArgs":[{{{piece}}}],"willContinue":true}}""";
        }

        if (pieces.Count > 0 && isTerminated)
        {
            yield return """{"functionCall":{}}""";
        }
    }

    private static IEnumerable<string> Pieces(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Pieces(property.Value, path + Step(property.Name))),
        JsonValueKind.Array => value.EnumerateArray().Index().SelectMany(item => Pieces(item.Item, string.Create(CultureInfo.InvariantCulture, $"{path}[{item.Index}]"))),
        JsonValueKind.String => Strings(value.GetString()!, path),
        JsonValueKind.Number => [Piece(path, writer => writer.WriteNumber("numberValue", value.GetDouble()), continues: false)],
        JsonValueKind.Null => [Piece(path, writer => writer.WriteString("nullValue", "NULL_VALUE"), continues: false)],
        _ => [Piece(path, writer => writer.WriteBoolean("boolValue", value.GetBoolean()), continues: false)],
    };

    private static string Step(string name) => name.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol == '_') ? $".{name}" : $"['{name}']";

    // The end of a string is an empty piece that doesn't continue.
    private static IEnumerable<string> Strings(string text, string path) => TokenPieces.Of(text).Chunk(TokensPerPiece).Select(words => string.Concat(words))
        .Select(piece => Piece(path, writer => writer.WriteString("stringValue", piece), continues: true))
        .Append(Piece(path, writer => writer.WriteString("stringValue", ""), continues: false));

    private static string Piece(string path, Action<Utf8JsonWriter> value, bool continues) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("jsonPath", path);
        value(writer);
        if (continues)
        {
            writer.WriteBoolean("willContinue", true);
        }

        writer.WriteEndObject();
    });

    private static void WriteId(Utf8JsonWriter writer, string? id)
    {
        if (id is not null)
        {
            writer.WriteString("id", id);
        }
    }

    private static void WriteSignature(Utf8JsonWriter writer, string? signature)
    {
        if (signature is not null)
        {
            writer.WriteString("thoughtSignature", signature);
        }
    }
}
