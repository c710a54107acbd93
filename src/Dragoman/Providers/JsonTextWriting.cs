using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers;

/// <summary>Writes texts as they came, still escaped.</summary>
internal static class JsonTextWriting
{
    private static readonly ReadOnlyMemory<byte> Quote = "\""u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Separator = "\\n\\n"u8.ToArray();

    /// <summary>Writes a property whose value is these texts as one string, with empty lines between them.</summary>
    public static void WriteText(this Utf8JsonWriter json, ReadOnlySpan<byte> name, params IReadOnlyList<JsonText> parts)
    {
        json.WritePropertyName(name);
        json.WriteText(parts);
    }

    /// <summary>Writes texts as one string, with empty lines between them.</summary>
    public static void WriteText(this Utf8JsonWriter json, params IReadOnlyList<JsonText> parts)
    {
        // Straight from where the texts stand to the body: a request's texts are most of its bytes.
        var first = new Piece(Quote);
        var last = first;
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0) last = last.Append(Separator);
            last = last.Append(parts[i].Escaped);
        }

        last = last.Append(Quote);
        json.WriteRawValue(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), skipInputValidation: true);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes) => Memory = bytes;

        public Piece Append(ReadOnlyMemory<byte> bytes)
        {
            var next = new Piece(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
