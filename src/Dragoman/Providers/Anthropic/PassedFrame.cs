using System.Text.Json;

namespace Dragoman.Providers.Anthropic;

/// <summary>One frame, as far as the gateway looks into it.</summary>
/// <param name="Type">The event's <c>type</c>; empty: a frame without data (a comment).</param>
/// <param name="Data">The event's JSON.</param>
/// <param name="DataStart">Where the data stands in the frame; -1 when it stands in several lines.</param>
/// <param name="HasName">The frame has its <c>event:</c> line.</param>
internal readonly record struct PassedFrame(string Type, ReadOnlyMemory<byte> Data, int DataStart, bool HasName)
{
    // What some servers send last, as OpenAI's do (vLLM).
    private static ReadOnlySpan<byte> Done => "[DONE]"u8;

    /// <summary>Reads a frame. All of its JSON is read, so that none which is broken gets to the client.</summary>
    /// <exception cref="JsonException">The data isn't JSON.</exception>
    public static PassedFrame Read(ReadOnlyMemory<byte> frame)
    {
        var (data, start, hasName) = DataOf(frame);
        if (data.IsEmpty || data.Span.SequenceEqual(Done)) return new PassedFrame("", default, -1, hasName);
        var json = PassedJson.Reader(data);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new JsonException("an event that is no object");
        string? type = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8) && type is null) type = TypeOf(ref json, data);
            else JsonSlices.Skip(ref json);
        }

        // Behind the object there may be white space, nothing else.
        json.Read();
        return new PassedFrame(type ?? "", data, start, hasName);
    }

    // The names of the events that come by the hundred are not made anew for each.
    private static string? TypeOf(ref Utf8JsonReader json, ReadOnlyMemory<byte> data)
    {
        var ahead = json;
        ahead.Read();
        if (ahead.TokenType == JsonTokenType.String && ahead.ValueTextEquals("content_block_delta"u8))
        {
            json.Read();
            return "content_block_delta";
        }

        return JsonSlices.ReadString(ref json, data);
    }

    private static (ReadOnlyMemory<byte> Data, int Start, bool HasName) DataOf(ReadOnlyMemory<byte> frame)
    {
        ReadOnlyMemory<byte> data = default;
        var (start, hasName, at) = (-1, false, 0);
        while (at < frame.Length)
        {
            var end = frame.Span[at..].IndexOf((byte)'\n');
            var line = end < 0 ? frame[at..] : frame.Slice(at, end);
            if (line.Span.StartsWith("event:"u8)) hasName = true;
            if (line.Span.StartsWith("data:"u8))
            {
                var value = "data:".Length;
                if (line.Length > value && line.Span[value] == (byte)' ') value++;
                var text = line[value..].TrimEnd((byte)'\r');
                (data, start) = data.IsEmpty ? (text, at + value) : ((ReadOnlyMemory<byte>)(byte[])[.. data.Span, (byte)'\n', .. text.Span], -1);
            }

            if (end < 0) break;
            at += end + 1;
        }

        return (data, start, hasName);
    }
}
