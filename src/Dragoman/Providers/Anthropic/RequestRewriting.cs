using System.Text.Json;

namespace Dragoman.Providers.Anthropic;

/// <summary>Walks a request's body once and notes what has to be replaced in it: the model's name, and what in the history is foreign to the upstream.</summary>
/// <param name="body">The body: JSON, an object.</param>
/// <param name="model">The upstream's name of the model; null: the client's stays.</param>
/// <param name="trust">Whose thinking the upstream takes.</param>
internal sealed class RequestRewriting(ReadOnlyMemory<byte> body, string? model, SignatureTrust trust)
{
    private readonly ForeignBlocks _foreign = new(trust);

    /// <summary>What is replaced.</summary>
    public BodyEdits Edits { get; } = new(body);

    /// <summary>What was changed besides the name, as <c>field=how</c>.</summary>
    public IReadOnlyCollection<string> Degraded => _foreign.Degraded;

    /// <summary>Walks.</summary>
    public void Run()
    {
        var json = PassedJson.Reader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = json.ValueTextEquals("model"u8);
            var isMessages = json.ValueTextEquals("messages"u8);
            json.Read();
            // Of a name that comes twice the last one counts, so all are replaced.
            if (isModel && model is not null) Edits.Replace((int)json.TokenStartIndex, (int)json.BytesConsumed, PassedJson.Quoted(model));
            if (isMessages && json.TokenType == JsonTokenType.StartArray) ReadMessages(ref json);
            else json.Skip();
        }
    }

    private void ReadMessages(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isContent = json.ValueTextEquals("content"u8);
                json.Read();
                if (isContent && json.TokenType == JsonTokenType.StartArray) ReadContent(ref json);
                else json.Skip();
            }
        }
    }

    private void ReadContent(ref Utf8JsonReader json)
    {
        var blocks = new List<HistoryBlock>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject) blocks.Add(HistoryBlock.Read(ref json, body));
            else json.Skip();
        }

        _foreign.Replace(blocks, Edits);
    }
}
