using System.Buffers;
using System.Text;
using Dragoman.Messages;
using Dragoman.Replies;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Replies.Grammar;

/// <summary>Streams as the gateway's own writer makes them, of any blocks in any order.</summary>
internal static class ValidStream
{
    /// <summary>Any stream.</summary>
    public static Gen<string> Any { get; } = Gen.Elements("text:a", "text:ü👋\"\\", "text:\n\r", "thinking:hm", "call:{}", "call:{\"a\":\"ü\\\"\"}", "call:").ListOf().Select(Of);

    /// <summary>The stream with these blocks: <c>text:…</c>, <c>thinking:…</c>, <c>call:{json}</c>.</summary>
    public static string Of(IEnumerable<string> blocks)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SseWriter(output, new MessageHead("msg_1", "claude-x", 7, ReportsEdits: false));
        var guard = new StreamGuard(ThinkingVisibility.Shown, () => new ThinkingSignature("p", "m", Thinking: null)) { Sink = writer };
        writer.StartMessage();
        var calls = 0;
        foreach (var block in blocks)
        {
            var (kind, content) = (block[..block.IndexOf(':')], block[(block.IndexOf(':') + 1)..]);
            if (kind == "text") guard.Write(ReplyEvent.OfText(JsonText.From(content)));
            else if (kind == "thinking") guard.Write(ReplyEvent.OfThinking(JsonText.From(content)));
            else WriteCall(guard, $"toolu_{++calls}", content);
        }

        var finish = new Finish(StopReason.EndTurn, new Usage(5, 9));
        writer.Finish(guard.End(finish.Reason), finish);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The events of a stream, each with its blank line.</summary>
    public static List<string> Frames(string stream) => [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame => frame + "\n\n")];

    private static void WriteCall(StreamGuard guard, string id, string input)
    {
        guard.Write(ReplyEvent.OfToolCall(new ToolCallStart(id, "get")));
        guard.Write(ReplyEvent.OfToolInput(JsonText.From(input)));
    }
}
