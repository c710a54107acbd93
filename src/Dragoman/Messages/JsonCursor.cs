using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>
/// Walks a request's JSON once, front to back, handing out slices of the body instead of copies, and knows the path for error messages.
/// The wording of its errors is pydantic's, because that is what clients of the real API parse and show.
/// </summary>
internal ref struct JsonCursor
{
    // Deeper nesting than this is an attack or a mistake; the deepest tool schemas seen are below 30.
    private const int MaxDepth = 128;

    private readonly ReadOnlyMemory<byte> _body;
    private Utf8JsonReader _json;

    // Where the reader's input begins in the body: a jump starts a new reader behind what it passed over.
    private int _origin;

    /// <summary>Starts before the first token.</summary>
    /// <param name="body">The whole JSON text.</param>
    /// <param name="path">Where it stands in a larger one; null when it is the whole request.</param>
    public JsonCursor(ReadOnlyMemory<byte> body, FieldPath? path = null)
    {
        _body = body;
        _json = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        Path = path ?? new FieldPath();
        Ignored = [];
    }

    /// <summary>Where we are.</summary>
    public FieldPath Path { get; }

    /// <summary>Paths of what was passed over.</summary>
    public List<string> Ignored { get; }

    /// <summary>The current token's type.</summary>
    public readonly JsonTokenType Token => _json.TokenType;

    /// <summary>Goes to the next token.</summary>
    public void Read() => _json.Read();

    /// <summary>True when the current property's name is <paramref name="name"/>.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => _json.ValueTextEquals(name);

    /// <summary>The current token (a property name or string) as a string.</summary>
    public readonly string Text() => _json.ValueIsEscaped ? _json.GetString()! : FieldNames.Of(_json.ValueSpan);

    /// <summary>Fails with <paramref name="reason"/> at the current path.</summary>
    public readonly InvalidRequestException Error(string reason, string? field = null)
    {
        var path = Path.Of(field);
        return new InvalidRequestException(path.Length == 0 ? reason : $"{path}: {reason}");
    }

    /// <summary>Enters an object: the current token must be its start.</summary>
    public readonly void ExpectObject()
    {
        if (_json.TokenType != JsonTokenType.StartObject) throw Error("Input should be a valid dictionary");
    }

    /// <summary>Enters an array: the current token must be its start.</summary>
    public readonly void ExpectArray()
    {
        if (_json.TokenType != JsonTokenType.StartArray) throw Error("Input should be a valid list");
    }

    /// <summary>Goes to the next property name; false at the end of the object. The caller reads the value with one of the methods below.</summary>
    public bool NextProperty()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Goes to the next entry of an array; false at its end.</summary>
    public bool NextEntry()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Goes from a property name to its value. False (and done with it) when the value is null, which means absent.</summary>
    public bool Value()
    {
        _json.Read();
        return _json.TokenType != JsonTokenType.Null;
    }

    /// <summary>The current string's content as a slice of the body.</summary>
    public readonly JsonText String()
    {
        if (_json.TokenType != JsonTokenType.String) throw Error("Input should be a valid string");
        return new JsonText(_body.Slice(_origin + (int)_json.TokenStartIndex + 1, _json.ValueSpan.Length));
    }

    /// <summary>The current string when it is one of a few names, such as a role.</summary>
    public readonly string Name() => _json.TokenType == JsonTokenType.String ? Text() : throw Error("Input should be a valid string");

    /// <summary>The current string, decoded.</summary>
    public readonly string DecodedString() => String().ToString();

    /// <summary>The current boolean.</summary>
    public readonly bool Boolean() => _json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Error("Input should be a valid boolean"),
    };

    /// <summary>The current integer; a number like <c>5.0</c> counts as one.</summary>
    public readonly int Integer(int minimum)
    {
        if (_json.TokenType != JsonTokenType.Number) throw Error("Input should be a valid integer");
        if (!_json.TryGetInt64(out var value))
        {
            if (!_json.TryGetDouble(out var real) || real != Math.Truncate(real)) throw Error("Input should be a valid integer, got a number with a fractional part");
            value = (long)Math.Clamp(real, int.MinValue, int.MaxValue);
        }

        if (value < minimum) throw Error($"Input should be greater than or equal to {minimum}");
        return (int)Math.Min(value, int.MaxValue);
    }

    /// <summary>The current number.</summary>
    public readonly double Number(double minimum, double maximum)
    {
        if (_json.TokenType != JsonTokenType.Number) throw Error("Input should be a valid number");
        var value = _json.GetDouble();
        if (value < minimum) throw Error($"Input should be greater than or equal to {minimum}");
        if (value > maximum) throw Error($"Input should be less than or equal to {maximum}");
        return value;
    }

    /// <summary>The current value as raw JSON, a slice of the body; the cursor then stands on its last token.</summary>
    public ReadOnlyMemory<byte> Raw()
    {
        var start = _origin + (int)_json.TokenStartIndex;
        _json.Skip();
        return _body[start..(_origin + (int)_json.BytesConsumed)];
    }

    /// <summary>The current object as raw JSON.</summary>
    public ReadOnlyMemory<byte> RawObject()
    {
        ExpectObject();
        return Raw();
    }

    /// <summary>Passes over the value of the current property and notes its path; a null says nothing that could be lost.</summary>
    public void Ignore()
    {
        var path = Path.Of(_json.GetString());
        if (!Value()) return;
        Ignored.Add(path);
        _json.Skip();
    }

    /// <summary>Notes the current path as one whose value means nothing here.</summary>
    public readonly void NoteIgnored() => Ignored.Add(Path.Of());

    /// <summary>Looks ahead for the <c>type</c> of the object that starts here, wherever in the object it stands; null when it has none.</summary>
    public readonly string? PeekType()
    {
        var ahead = _json;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var isType = ahead.ValueTextEquals("type"u8);
            ahead.Read();
            if (isType) return ahead.TokenType != JsonTokenType.String ? null : ahead.ValueIsEscaped ? ahead.GetString() : FieldNames.Of(ahead.ValueSpan);
            ahead.Skip();
        }

        return null;
    }

    /// <summary>The body from the value of the current property on. The cursor stays where it is.</summary>
    public readonly ReadOnlySpan<byte> AheadOfValue()
    {
        var ahead = _json;
        ahead.Read();
        return _body.Span[(_origin + (int)ahead.TokenStartIndex)..];
    }

    /// <summary>
    /// Passes over the value of the current property without reading it, because what its bytes say is known already. For the reader it was an empty array;
    /// behind the real one a new reader goes on in the state that this leaves.
    /// </summary>
    /// <param name="length">The value's bytes.</param>
    public void Jump(int length)
    {
        var ahead = _json;
        ahead.Read();
        var end = _origin + (int)ahead.TokenStartIndex + length;
        var stub = new Utf8JsonReader("[]"u8, isFinalBlock: false, _json.CurrentState);
        stub.Read();
        stub.Read();
        _json = new Utf8JsonReader(_body.Span[end..], isFinalBlock: true, stub.CurrentState);
        _origin = end;
    }

    /// <summary>Fails unless the whole body was read: text after the JSON value is malformed JSON.</summary>
    public void ExpectEnd() => _json.Read();
}
