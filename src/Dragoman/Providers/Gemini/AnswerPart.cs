using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.Gemini;

/// <summary>One part of an answer's content. Exactly one of its kinds of content is there; texts are slices of the chunk.</summary>
internal readonly record struct AnswerPart
{
    /// <summary>Text, or thinking when <see cref="IsThought"/>.</summary>
    public JsonText Text { get; private init; }

    /// <summary>The text is a summary of the model's thinking.</summary>
    public bool IsThought { get; private init; }

    /// <summary>What the model wants to have back with this part, base64.</summary>
    public string? Signature { get; private init; }

    /// <summary>A tool call, or a piece of one.</summary>
    public FunctionCallPart? Call { get; private init; }

    /// <summary>An image or other file that the model made: its type and the length of its base64.</summary>
    public (string MediaType, int Base64Length)? Media { get; private init; }

    /// <summary>Code that the model runs on the server.</summary>
    public (string Language, string Code)? Code { get; private init; }

    /// <summary>What that code printed, and how it ended.</summary>
    public (string Outcome, string Output)? CodeResult { get; private init; }

    /// <summary>Reads a part; the reader stands on its first brace.</summary>
    public static AnswerPart Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        var part = new AnswerPart();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("text"u8)) part = part with { Text = ReadText(ref json, chunk) };
            else if (json.ValueTextEquals("thought"u8)) part = part with { IsThought = ReadBoolean(ref json) };
            else if (json.ValueTextEquals("thoughtSignature"u8)) part = part with { Signature = ReadString(ref json, chunk) };
            else if (json.ValueTextEquals("functionCall"u8)) part = part with { Call = FunctionCallPart.Read(ref json, chunk) };
            else if (json.ValueTextEquals("inlineData"u8)) part = part with { Media = ReadMedia(ref json, chunk) };
            else if (json.ValueTextEquals("executableCode"u8)) part = part with { Code = ReadPair(ref json, chunk, "language"u8, "code"u8) };
            else if (json.ValueTextEquals("codeExecutionResult"u8)) part = part with { CodeResult = ReadPair(ref json, chunk, "outcome"u8, "output"u8) };
            else Skip(ref json);
        }

        return part;
    }

    private static (string, int)? ReadMedia(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterObject(ref json)) return null;
        var (type, length) = ("", 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("mimeType"u8)) type = ReadString(ref json, chunk) ?? "";
            else if (json.ValueTextEquals("data"u8)) length = ReadText(ref json, chunk).Escaped.Length;
            else Skip(ref json);
        }

        return (type, length);
    }

    private static (string, string)? ReadPair(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!EnterObject(ref json)) return null;
        var pair = ("", "");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals(first)) pair.Item1 = ReadString(ref json, chunk) ?? "";
            else if (json.ValueTextEquals(second)) pair.Item2 = ReadString(ref json, chunk) ?? "";
            else Skip(ref json);
        }

        return pair;
    }
}

/// <summary>
/// A tool call as a part carries it: whole, or with <c>streamFunctionCallArguments</c> in pieces, the first with the name, the last (perhaps empty) without
/// <see cref="WillContinue"/>.
/// </summary>
internal sealed record FunctionCallPart
{
    /// <summary>The call's id; Vertex AI sends none.</summary>
    public string? Id { get; private set; }

    /// <summary>The tool; null in the pieces after the first.</summary>
    public string? Name { get; private set; }

    /// <summary>The raw JSON of the arguments; empty when there are none, or when they come in pieces.</summary>
    public ReadOnlyMemory<byte> Arguments { get; private set; }

    /// <summary>Pieces of arguments.</summary>
    public List<PartialArgument> Pieces { get; } = [];

    /// <summary>More pieces of this call follow.</summary>
    public bool WillContinue { get; private set; }

    /// <summary>Reads the value of <c>functionCall</c>; null when it is no object.</summary>
    public static FunctionCallPart? Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterObject(ref json)) return null;
        var call = new FunctionCallPart();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8)) call.Id = ReadString(ref json, chunk);
            else if (json.ValueTextEquals("name"u8)) call.Name = ReadString(ref json, chunk);
            else if (json.ValueTextEquals("args"u8)) call.Arguments = OnOneLine(ReadRaw(ref json, chunk));
            else if (json.ValueTextEquals("willContinue"u8)) call.WillContinue = ReadBoolean(ref json);
            else if (json.ValueTextEquals("partialArgs"u8)) call.ReadPieces(ref json, chunk);
            else Skip(ref json);
        }

        return call;
    }

    private void ReadPieces(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        if (!EnterArray(ref json)) return;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) Pieces.Add(PartialArgument.Read(ref json, chunk));
            else json.Skip();
        }
    }
}

/// <summary>A piece of a call's arguments.</summary>
/// <param name="Path">Where it belongs, as a JSON path: <c>$.recipe.steps[0]</c>.</param>
/// <param name="Text">A piece of a string; strings come in several.</param>
/// <param name="Value">The raw JSON of a number, boolean or null; empty for a string.</param>
internal readonly record struct PartialArgument(string Path, string? Text, ReadOnlyMemory<byte> Value)
{
    /// <summary>Reads a piece; the reader stands on its first brace.</summary>
    public static PartialArgument Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        var piece = new PartialArgument("", null, default);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("jsonPath"u8)) piece = piece with { Path = ReadString(ref json, chunk) ?? "" };
            else if (json.ValueTextEquals("stringValue"u8)) piece = piece with { Text = ReadString(ref json, chunk) };
            else if (json.ValueTextEquals("numberValue"u8) || json.ValueTextEquals("boolValue"u8)) piece = piece with { Value = ReadScalar(ref json, chunk) };
            else if (json.ValueTextEquals("nullValue"u8)) piece = piece with { Value = ReadNull(ref json) };
            else Skip(ref json);
        }

        return piece;
    }

    private static ReadOnlyMemory<byte> ReadScalar(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        var raw = ReadRaw(ref json, chunk);
        return json.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False ? raw : default;
    }

    // Protocol buffers write their null as the name of an enum's only value: "NULL_VALUE".
    private static ReadOnlyMemory<byte> ReadNull(ref Utf8JsonReader json)
    {
        Skip(ref json);
        return "null"u8.ToArray();
    }
}
