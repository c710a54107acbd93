using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>Makes reply events of an answer's frames: passes each on and reads what the log needs. Pure.</summary>
/// <param name="model">The name to put into the answer; null: it keeps its own.</param>
/// <param name="head">What came before the first frame.</param>
/// <param name="errors">Words for what goes wrong.</param>
internal sealed class PassedStream(string? model, UpstreamHead head, AnthropicErrors errors)
{
    private readonly MessageFields _fields = new();
    private bool _begun;

    /// <summary>The last event was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>The event of a frame; null: there is nothing in it.</summary>
    public ReplyEvent? Next(ReadOnlyMemory<byte> frame)
    {
        PassedFrame read;
        try
        {
            read = PassedFrame.Read(frame);
        }
        catch (JsonException broken)
        {
            // The last frame has no blank line behind it: the answer was cut off in the middle of an event.
            return Fail(IsClosed(frame) ? errors.Unreadable(broken.Message) : errors.EndedEarly());
        }

        switch (read.Type)
        {
            // A comment: a sign of life, but nothing that is worth giving up the real status for.
            // Without a blank line behind it, it's the beginning of an event that never came.
            case "": return _begun && IsClosed(frame) ? ReplyEvent.OfPassed(frame) : null;
            case "error": return Fail(errors.FromEvent(read.Data, head));
            case "message_start" when !_begun: return Begin(frame, read);
            case "message_delta": Gather(read.Data); break;
            case "message_stop": Ended = true; break;
        }

        _begun = true;
        return ReplyEvent.OfPassed(Whole(frame, read));
    }

    /// <summary>How the answer ended: after <see cref="Ended"/>, or when there are no more frames.</summary>
    public ReplyEvent End() => Ended ? ReplyEvent.Finished(_fields.Finish()) : Fail(errors.EndedEarly());

    private ReplyEvent Fail(UpstreamError error)
    {
        Ended = true;
        return ReplyEvent.Failed(error);
    }

    private ReplyEvent Begin(ReadOnlyMemory<byte> frame, in PassedFrame read)
    {
        _begun = true;
        Gather(read.Data);
        var (start, length) = _fields.Model.GetOffsetAndLength(read.Data.Length);
        if (model is null || length == 0 || read.DataStart < 0) return ReplyEvent.OfPassedStart(Whole(frame, read), head);
        start += read.DataStart;
        byte[] renamed = [.. frame.Span[..start], .. PassedJson.Quoted(model).Span, .. frame.Span[(start + length)..]];
        return ReplyEvent.OfPassedStart(Whole(renamed, read), head);
    }

    private void Gather(ReadOnlyMemory<byte> data)
    {
        var json = PassedJson.Reader(data);
        json.Read();
        _fields.Read(ref json, data);
    }

    // What is missing although SDKs need it: the name of the event, and the blank line behind the last one.
    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> frame, in PassedFrame read)
    {
        var isClosed = IsClosed(frame);
        if (read.HasName && isClosed) return frame;
        var whole = new ArrayBufferWriter<byte>();
        if (!read.HasName)
        {
            whole.Write("event: "u8);
            whole.Write(JsonText.From(read.Type).Escaped.Span);
            whole.Write("\n"u8);
        }

        whole.Write(frame.Span);
        if (!isClosed) whole.Write(frame.Span.EndsWith("\n"u8) ? "\n"u8 : "\n\n"u8);
        return whole.WrittenMemory;
    }

    private static bool IsClosed(ReadOnlyMemory<byte> frame) => frame.Span.EndsWith("\n\n"u8) || frame.Span.EndsWith("\n\r\n"u8);
}
