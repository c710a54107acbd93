using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Overrides;

/// <summary>
/// The fields of a request's body, to be changed and written again. What nobody changes stays byte for byte, and where it is; new fields stand first, so that the
/// conversation stays last. Views into what was read.
/// </summary>
internal sealed class BodyFields
{
    // Deeper than any request or tool schema that is let in.
    private const int MaxDepth = 1000;

    private readonly List<Field> _fields = [];
    private int _new;

    private BodyFields()
    {
    }

    /// <summary>Reads the fields of a JSON object.</summary>
    public static BodyFields Read(ReadOnlyMemory<byte> json)
    {
        var read = new BodyFields();
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Not by GetString: a client's name may have half a surrogate pair in it.
            var name = new JsonText(json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length));
            read._fields.Add(new Field(name.ToString(), name, JsonSlices.ReadRaw(ref reader, json)));
        }

        return read;
    }

    /// <summary>A field's value; empty when there is none. Of fields of one name the last counts, as for every reader.</summary>
    public ReadOnlyMemory<byte> this[string name] => _fields.FindLast(field => field.Name == name)?.Value ?? default;

    /// <summary>Gives a field a value.</summary>
    public void Set(string name, ReadOnlyMemory<byte> value)
    {
        var at = _fields.FindLastIndex(field => field.Name == name);
        if (at < 0)
        {
            _fields.Insert(_new++, new Field(name, JsonText.From(name), value));
            return;
        }

        _fields[at] = _fields[at] with { Value = value };
        for (var i = at - 1; i >= 0; i--)
        {
            if (_fields[i].Name == name) RemoveAt(i);
        }
    }

    /// <summary>Leaves a field out.</summary>
    public void Remove(string name)
    {
        for (var i = _fields.Count - 1; i >= 0; i--)
        {
            if (_fields[i].Name == name) RemoveAt(i);
        }
    }

    /// <summary>Merges an object as RFC 7396 (JSON merge patch) says: objects into objects, null removes, everything else replaces.</summary>
    /// <param name="patch">The object.</param>
    /// <param name="among">The only fields that it may change here; null: any.</param>
    public void Merge(JsonElement patch, FrozenSet<string>? among = null)
    {
        foreach (var field in patch.EnumerateObject())
        {
            if (among?.Contains(field.Name) == false) continue;
            if (field.Value.ValueKind == JsonValueKind.Null) Remove(field.Name);
            else Set(field.Name, Merged(this[field.Name], field.Value));
        }
    }

    /// <summary>Writes the object.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        for (var i = 0; i < _fields.Count; i++)
        {
            output.Write(i == 0 ? "\""u8 : ",\""u8);
            output.Write(_fields[i].Written.Escaped.Span);
            output.Write("\":"u8);
            output.Write(_fields[i].Value.Span);
        }

        output.Write("}"u8);
    }

    private static ReadOnlyMemory<byte> Merged(ReadOnlyMemory<byte> value, JsonElement patch)
    {
        var output = new ArrayBufferWriter<byte>();
        if (patch.ValueKind == JsonValueKind.Object)
        {
            // Into something that is no object, or not there, it goes as into an empty one: nulls in it remove nothing and are not sent.
            var inner = Read(!value.IsEmpty && value.Span[0] == (byte)'{' ? value : "{}"u8.ToArray());
            inner.Merge(patch);
            inner.Write(output);
        }
        else
        {
            using var json = new Utf8JsonWriter(output, JsonOutput.Options);
            json.WriteRawValue(patch.GetRawText(), skipInputValidation: true);
        }

        return output.WrittenMemory;
    }

    private void RemoveAt(int index)
    {
        _fields.RemoveAt(index);
        if (index < _new) _new--;
    }

    // Written: the name as it stands between its quotes.
    private sealed record Field(string Name, JsonText Written, ReadOnlyMemory<byte> Value);
}
