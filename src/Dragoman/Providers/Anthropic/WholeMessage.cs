using System.Text.Json;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>Makes reply events of an answer that came whole: passes it on and reads what the log needs. Pure.</summary>
internal static class WholeMessage
{
    /// <summary>The events of an answer's body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="model">The name to put into the answer; null: it keeps its own.</param>
    /// <param name="head">What came with it.</param>
    /// <param name="errors">Words for what goes wrong.</param>
    public static IReadOnlyList<ReplyEvent> Read(ReadOnlyMemory<byte> body, string? model, UpstreamHead head, AnthropicErrors errors)
    {
        var fields = new MessageFields();
        try
        {
            var json = PassedJson.Reader(body);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject) return [ReplyEvent.Failed(errors.Unreadable("no object"))];
            fields.Read(ref json, body);
            json.Read();
        }
        catch (JsonException broken)
        {
            return [ReplyEvent.Failed(errors.Unreadable(body.IsEmpty ? "an empty body" : broken.Message))];
        }

        // Some servers answer everything with status 200.
        if (fields.Type == "error") return [ReplyEvent.Failed(errors.FromEvent(body, head))];
        if (fields.Type != "message") return [ReplyEvent.Failed(errors.Unreadable("no message"))];
        var (start, length) = fields.Model.GetOffsetAndLength(body.Length);
        if (model is not null && length > 0) body = (byte[])[.. body.Span[..start], .. PassedJson.Quoted(model).Span, .. body.Span[(start + length)..]];
        return [ReplyEvent.OfPassedStart(body, head), ReplyEvent.Finished(fields.Finish())];
    }
}
