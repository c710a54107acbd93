using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers;

/// <summary>Writes texts as they came, still escaped.</summary>
internal static class JsonTextWriting
{
    private static ReadOnlySpan<byte> Separator => "\\n\\n"u8;

    /// <summary>Writes a property whose value is these texts, an empty line between them.</summary>
    public static void WriteText(this Utf8JsonWriter json, ReadOnlySpan<byte> name, params ReadOnlySpan<JsonText> parts)
    {
        json.WritePropertyName(name);
        json.WriteText(parts);
    }

    /// <summary>Writes a value that is these texts, an empty line between them.</summary>
    public static void WriteText(this Utf8JsonWriter json, params ReadOnlySpan<JsonText> parts)
    {
        var length = 2;
        foreach (var part in parts) length += part.Escaped.Length + Separator.Length;
        var quoted = ArrayPool<byte>.Shared.Rent(length);
        var at = 0;
        quoted[at++] = (byte)'"';
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
            {
                Separator.CopyTo(quoted.AsSpan(at));
                at += Separator.Length;
            }

            parts[i].Escaped.Span.CopyTo(quoted.AsSpan(at));
            at += parts[i].Escaped.Length;
        }

        quoted[at++] = (byte)'"';
        json.WriteRawValue(quoted.AsSpan(0, at), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(quoted);
    }
}
