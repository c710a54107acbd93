using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Tools;

/// <summary>
/// The names of an object's properties where an upstream knows them by others, and of what is inside them. Only where the schema declares a property is its
/// name translated: the keys of a free map are data.
/// </summary>
internal sealed class PropertyNames
{
    // What the request's parser takes.
    private const int MaxDepth = 128;

    private readonly Dictionary<string, (string Other, PropertyNames Inside)> _toUpstream = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Other, PropertyNames Inside)> _toClient = new(StringComparer.Ordinal);
    private PropertyNames? _elements;

    /// <summary>Whether any name differs, here or inside.</summary>
    public bool Differs => _toUpstream.Any(property => property.Key != property.Value.Other || property.Value.Inside.Differs) || _elements is { Differs: true };

    /// <summary>The names inside of an array's elements.</summary>
    public PropertyNames Elements => _elements ??= new PropertyNames();

    /// <summary>The names inside of a property, which is made known. Alternatives for one value share their names.</summary>
    public PropertyNames Property(string name, string upstreamName)
    {
        if (!_toUpstream.TryGetValue(name, out var known))
        {
            known = (upstreamName, new PropertyNames());
            _toUpstream.Add(name, known);
            _toClient.TryAdd(upstreamName, (name, known.Inside));
        }

        return known.Inside;
    }

    /// <summary>A value as the upstream knows it. All but the names stays byte for byte, apart from white space.</summary>
    public byte[] ToUpstream(ReadOnlySpan<byte> json) => Rename(json, static names => names._toUpstream);

    /// <summary>A value as the client knows it.</summary>
    public byte[] ToClient(ReadOnlySpan<byte> json) => Rename(json, static names => names._toClient);

    private byte[] Rename(ReadOnlySpan<byte> json, Func<PropertyNames, Dictionary<string, (string Other, PropertyNames Inside)>> direction)
    {
        var renamed = new ArrayBufferWriter<byte>(json.Length + 64);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        using (var writer = new Utf8JsonWriter(renamed, JsonOutput.Options)) Copy(ref reader, json, writer, this, direction);
        return renamed.WrittenSpan.ToArray();
    }

    private static void Copy(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Utf8JsonWriter writer, PropertyNames? names, Func<PropertyNames, Dictionary<string, (string Other, PropertyNames Inside)>> direction)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject when names is not null:
                writer.WriteStartObject();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var known = direction(names).TryGetValue(NameAt(ref reader), out var other);
                    writer.WritePropertyName(known ? other.Other : NameAt(ref reader));
                    reader.Read();
                    Copy(ref reader, json, writer, known ? other.Inside : null, direction);
                }

                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray when names?._elements is { } elements:
                writer.WriteStartArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Copy(ref reader, json, writer, elements, direction);
                writer.WriteEndArray();
                break;
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                writer.WriteRawValue(json[start..(int)reader.BytesConsumed], skipInputValidation: true);
                break;
        }
    }

    // Half a surrogate pair is no reason to lose a call.
    private static string NameAt(ref Utf8JsonReader reader) => LoneSurrogates.Decode(reader.ValueSpan);
}
