using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.OpenAi;

/// <summary>A piece of a tool call, or a whole one, as an element of <c>tool_calls</c> gives it. Nothing of it is sure to be there.</summary>
/// <param name="Index">Which call of the answer it belongs to.</param>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Text">A piece of the arguments: JSON text inside a JSON string, still escaped.</param>
/// <param name="Json">The arguments as an object, where a server doesn't put them into a string.</param>
internal readonly record struct CallFragment(int? Index, string? Id, string? Name, JsonText Text, ReadOnlyMemory<byte> Json)
{
    /// <summary>Reads an element of <c>tool_calls</c>; the reader stands on its beginning.</summary>
    public static CallFragment Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk)
    {
        var call = default(CallFragment);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("index"u8)) call = call with { Index = ReadIndex(ref json) };
            else if (json.ValueTextEquals("id"u8)) call = call with { Id = ReadString(ref json, chunk) };
            else if (json.ValueTextEquals("function"u8)) call = ReadFunction(ref json, chunk, call);
            else Skip(ref json);
        }

        return call;
    }

    /// <summary>Reads the value of <c>function</c>, or of the old <c>function_call</c>.</summary>
    public static CallFragment ReadFunction(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk, CallFragment call)
    {
        if (!EnterObject(ref json)) return call;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8)) call = call with { Name = ReadString(ref json, chunk) };
            else if (json.ValueTextEquals("arguments"u8)) call = ReadArguments(ref json, chunk, call);
            else Skip(ref json);
        }

        return call;
    }

    private static CallFragment ReadArguments(ref Utf8JsonReader json, ReadOnlyMemory<byte> chunk, CallFragment call)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return call with { Text = new JsonText(chunk.Slice((int)json.TokenStartIndex + 1, json.ValueSpan.Length)) };
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return json.TokenType == JsonTokenType.EndObject ? call with { Json = chunk[start..(int)json.BytesConsumed] } : call;
    }

    private static int? ReadIndex(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var index)) return index;
        json.Skip();
        return null;
    }
}
