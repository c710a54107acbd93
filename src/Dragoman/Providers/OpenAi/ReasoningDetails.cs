using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// Collects OpenRouter's <c>reasoning_details</c>: typed pieces of thinking (text, summaries, encrypted data, signatures) that the model behind it wants to have
/// back as they were. A stream gives an item in pieces under one <c>index</c>; put together they are what a whole answer would have given.
/// </summary>
internal sealed class ReasoningDetails
{
    // The fields that come in pieces.
    private static readonly string[] Texts = ["text", "summary", "data"];

    private readonly List<Item> _items = [];

    /// <summary>Something in it can't be had from the thinking's text: encrypted data, or a signature.</summary>
    public bool IsIrreplaceable => _items.Exists(item => item.Texts.ContainsKey("data") || (item.Fields.TryGetValue("signature", out var signature) && signature.ValueKind == JsonValueKind.String));

    /// <summary>Adds an array of pieces; gives the text that they show.</summary>
    public string Add(ReadOnlyMemory<byte> details)
    {
        if (details.IsEmpty || details.Span[0] != (byte)'[') return "";
        using var array = JsonDocument.Parse(details);
        var shown = new StringBuilder();
        foreach (var piece in array.RootElement.EnumerateArray().Where(piece => piece.ValueKind == JsonValueKind.Object))
        {
            shown.Append(Text(piece, "text") ?? Text(piece, "summary"));
            ItemOf(piece).Add(piece);
        }

        return shown.ToString();
    }

    /// <summary>The items so far as a JSON array; null when there are none. They are forgotten.</summary>
    public string? Take()
    {
        if (_items.Count == 0) return null;
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonOutput.Options))
        {
            json.WriteStartArray();
            foreach (var item in _items) item.Write(json);
            json.WriteEndArray();
        }

        _items.Clear();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    // Of the last item of that index and type: an index counts the items of one type in some models, of all in others.
    private Item ItemOf(JsonElement piece)
    {
        var key = (piece.TryGetProperty("index", out var index) && index.ValueKind == JsonValueKind.Number ? index.GetRawText() : null, Text(piece, "type"));
        var found = key.Item1 is null ? null : _items.Find(item => item.Key == key);
        // Without an index the pieces of a text follow each other; data comes whole.
        if (key.Item1 is null && _items.LastOrDefault() is { } last && last.Key == key && !piece.TryGetProperty("data", out _)) found = last;
        if (found is not null) return found;
        _items.Add(new Item(key));
        return _items[^1];
    }

    private static string? Text(JsonElement piece, string name) => piece.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? JsonTexts.Read(value) : null;

    private sealed class Item((string? Index, string? Type) key)
    {
        public (string? Index, string? Type) Key { get; } = key;

        public Dictionary<string, StringBuilder> Texts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, JsonElement> Fields { get; } = new(StringComparer.Ordinal);

        public void Add(JsonElement piece)
        {
            foreach (var field in piece.EnumerateObject())
            {
                if (field.Value.ValueKind == JsonValueKind.Null)
                {
                    Fields.TryAdd(field.Name, field.Value.Clone());
                }
                else if (field.Value.ValueKind == JsonValueKind.String && ReasoningDetails.Texts.Contains(field.Name, StringComparer.Ordinal))
                {
                    if (!Texts.TryGetValue(field.Name, out var text)) Texts[field.Name] = text = new StringBuilder();
                    text.Append(JsonTexts.Read(field.Value));
                }
                else
                {
                    Fields[field.Name] = field.Value.Clone();
                }
            }
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            foreach (var (name, value) in Fields.Where(field => !Texts.ContainsKey(field.Key)))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
            }

            foreach (var (name, text) in Texts) json.WriteString(name, text.ToString());
            json.WriteEndObject();
        }
    }
}
