using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Anthropic;

/// <summary>A content block of the history and where it stands in the body, as far as it may be foreign.</summary>
internal sealed record HistoryBlock
{
    /// <summary>The block's first byte.</summary>
    public required int Start { get; init; }

    /// <summary>Behind the block's last byte.</summary>
    public int End { get; private set; }

    /// <summary>The block's type.</summary>
    public string Type { get; private set; } = "";

    /// <summary>The id of a call, or the one that a result answers.</summary>
    public string? Id { get; private set; }

    /// <summary>Where the id stands, quotes included.</summary>
    public (int Start, int End) IdAt { get; private set; }

    /// <summary>A thinking block's <c>signature</c>, a redacted one's <c>data</c>.</summary>
    public string? Signature { get; private set; }

    /// <summary>A thinking block's text.</summary>
    public JsonText Thinking { get; private set; }

    /// <summary>The raw content of a result.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>The raw citations of a text; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Citations { get; private set; }

    /// <summary>Where the citations stand.</summary>
    public (int Start, int End) CitationsAt { get; private set; }

    /// <summary>Reads the block that begins at <paramref name="json"/>.</summary>
    public static HistoryBlock Read(ref Utf8JsonReader json, ReadOnlyMemory<byte> body)
    {
        var block = new HistoryBlock { Start = (int)json.TokenStartIndex };
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName) block.ReadField(ref json, body);
        block.End = (int)json.BytesConsumed;
        return block;
    }

    private void ReadField(ref Utf8JsonReader json, ReadOnlyMemory<byte> body)
    {
        if (json.ValueTextEquals("type"u8)) Type = JsonSlices.ReadString(ref json, body) ?? "";
        else if (json.ValueTextEquals("id"u8) || json.ValueTextEquals("tool_use_id"u8))
        {
            Id = JsonSlices.ReadString(ref json, body);
            IdAt = ((int)json.TokenStartIndex, (int)json.BytesConsumed);
        }
        else if (json.ValueTextEquals("signature"u8) || json.ValueTextEquals("data"u8)) Signature = JsonSlices.ReadString(ref json, body);
        else if (json.ValueTextEquals("thinking"u8)) Thinking = JsonSlices.ReadText(ref json, body);
        else if (json.ValueTextEquals("content"u8)) Content = JsonSlices.ReadRaw(ref json, body);
        else if (json.ValueTextEquals("citations"u8))
        {
            Citations = JsonSlices.ReadRaw(ref json, body);
            CitationsAt = ((int)json.BytesConsumed - Citations.Length, (int)json.BytesConsumed);
        }
        else
        {
            JsonSlices.Skip(ref json);
        }
    }
}
