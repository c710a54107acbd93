using Dragoman.Tests.Providers.Anthropic;
using Dragoman.Upstreams.Anthropic;

namespace Dragoman.Tests.Replay;

/// <summary>Real answers of Anthropic through the whole gateway: the bytes that go in come out, whatever they were split into.</summary>
public sealed class AnthropicReplayTests
{
    // Stands for the recordings where there are none beside the checkout: another line end, comments, padding, an unknown event, escapes.
    private const string Own = "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"claude-x\",\"content\":[],\"usage\":{\"input_tokens\":1}}}\r\n\r\n"
        + ": comment\n\nevent: brand_new\nid: 7\ndata: {\"type\":\"brand_new\",\"x\":\"\\ud83d\\udc4b 👋\\u2028\" }   \n\nevent: message_delta\ndata:{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"compaction\"},\"usage\":{}}\n\n"
        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    [Fact]
    public async Task Recorded_streams_come_through_byte_for_byte()
    {
        List<string> all = [Own];
        if (RecordedAnswer.Folder is { } folder)
        {
            var files = Directory.GetFiles(Path.Combine(folder, "anthropic"), "*.chunks.txt");
            Assert.True(files.Length >= 15, $"only {files.Length} recordings");
            all.AddRange(files.Select(file => string.Concat(File.ReadLines(file).Where(line => line.TrimStart().StartsWith('{')).Select(AnthropicReply.Frame))));
        }

        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario { Reply = call => AnthropicReply.Raw(all[call.Number]), SplitSeed = 7 }, configure: options => options.ReturnRealModel = true);
        foreach (var frames in all) Assert.Equal(OneMessage(frames), (await gateway.SendAsync(AnthropicGateway.Body())).Body);
        TestContext.Current.SendDiagnosticMessage($"replayed {all.Count} recorded streams through the Anthropic provider");
    }

    // Two of the recordings hold one answer after the other. What follows a message's end belongs to no message that a client has asked for.
    private static string OneMessage(string frames)
    {
        const string end = "\"type\":\"message_stop\"";
        var stop = frames.IndexOf(end, StringComparison.Ordinal);
        return stop < 0 ? frames : frames[..(frames.IndexOf("\n\n", stop, StringComparison.Ordinal) + 2)];
    }

    [Fact]
    public async Task Recorded_messages_come_through_byte_for_byte()
    {
        List<string> all = ["""{ "type":"message","model":"claude-x","stop_reason":"brand_new","usage":null,"x":"\ud83d" }"""];
        if (RecordedAnswer.Folder is { } folder) all.AddRange(Directory.GetFiles(Path.Combine(folder, "anthropic"), "*.json").Select(File.ReadAllText));
        await using var gateway = await AnthropicGateway.StartAsync(new AnthropicScenario { Reply = call => AnthropicReply.Json(all[call.Number]), SplitSeed = 7 }, configure: options => options.ReturnRealModel = true);
        foreach (var message in all) Assert.Equal(message, (await gateway.SendAsync(AnthropicGateway.Body(stream: false))).Body);
    }
}
