using System.Text;
using System.Text.Json;
using Dragoman.Providers.OpenAi;
using Dragoman.Replies;
using FsCheck;
using FsCheck.Fluent;
using static Dragoman.Tests.Providers.OpenAi.OpenAiTranslation;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>An answer is what its bytes say, however they were split, and nothing that a server may send brings the gateway down.</summary>
public sealed class OpenAiProperties
{
    private static readonly string[] Texts = ["Grüße ", "😀", "世界", "a\nb", "{", "}]}", "\"quoted\"", "\\", "\\\"", "data: {\"x\":1}", "END", "<think>", "</think>", "[DONE]", "<tool_call>", "x"];

    private static readonly Gen<string> Chunks =
        from text in Gen.Elements(Texts)
        from index in Gen.Choose(0, 2)
        from kind in Gen.Choose(0, 6)
        select kind switch
        {
            0 => Text(text),
            1 => Delta($"\"reasoning_content\":{Quote(text)}"),
            2 => ChatAnswerTests.Piece($"{index}", $"id{index}", "Bash", $"{{\"command\":{Quote(text)}}}"),
            3 => ChatAnswerTests.Piece($"{index}", null, null, text),
            4 => Delta($"\"reasoning_details\":[{{\"type\":\"reasoning.text\",\"text\":{Quote(text)},\"index\":{index}}}]"),
            5 => Delta($"\"content\":{JsonSerializer.Serialize(text)}"),
            _ => Usage("\"prompt_tokens\":7"),
        };

    private static readonly Gen<string> Endings = Gen.Elements(
        Last(), Last("tool_calls"), Last("length"), Last("content_filter"), """{"error":{"message":"overloaded – {}","type":"overloaded_error"}}""", Usage("\"prompt_tokens\":7"));

    [Fact]
    public async Task An_answer_does_not_depend_on_how_its_bytes_were_split()
    {
        var answers =
            from count in Gen.Choose(0, 8)
            from chunks in Gen.ListOf(Chunks, count)
            from ending in Endings
            from pieceCount in Gen.Choose(1, 20)
            from pieces in Gen.ListOf(Gen.Frequency((3, Gen.Choose(1, 8)), (1, Gen.Choose(1, 400))), pieceCount)
            select (Chunks: (List<string>)[.. chunks, ending], Pieces: pieces.ToArray());
        await Task.Yield();
        Prop.ForAll(answers.ToArbitrary(), async answer =>
        {
            var sse = Sse(answer.Chunks);
            var whole = await Translate(sse);
            Assert.Equal(whole, await Translate(sse, answer.Pieces));
            var text = Encoding.UTF8.GetString(sse);
            Assert.Equal(whole, await Translate(Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)), answer.Pieces));
            Assert.Equal(whole, await Translate(Encoding.UTF8.GetBytes(string.Concat(answer.Chunks.Append("[DONE]").Select(chunk => $": OPENROUTER PROCESSING\n\nid: 1\nevent: message\ndata:{chunk}\n\n"))), answer.Pieces));
        }).Check(Seeded.Config.WithMaxTest(300));
    }

    [Fact]
    public async Task Any_one_split_gives_the_same_events()
    {
        var answer = Sse(Text("Gr\u00fc\u00dfe \\\" {👋"), ChatAnswerTests.Piece("0", "a", "Bash", "{\"command\":\"}\\\\👋\"}"), Last("tool_calls"));
        var whole = await Translate(answer);
        Assert.Contains("Bash", whole, StringComparison.Ordinal);
        for (var at = 1; at < answer.Length; at++) Assert.Equal(whole, await Translate(answer, at, int.MaxValue));
    }

    [Fact]
    public void Nothing_that_a_server_sends_throws()
    {
        string[] names = ["choices", "delta", "message", "content", "reasoning", "reasoning_details", "tool_calls", "index", "id", "function", "name", "arguments", "finish_reason", "usage", "prompt_tokens", "error", "type", "item", "output", "response", "status", "delta", "\\ud800", "object"];
        var values = Gen.Elements(
            "null", "true", "1", "-1", "1e99", "99999999999999999999", "\"\"", "\"x\"", "\"\\ud800\"", "\"<think>\"", "\"{\\\"a\\\":\"", "[]", "{}", "[[]]", "\"stop\"", "\"response\"", "\"response.completed\"",
            "\"response.output_item.done\"", "\"function_call\"", "\"reasoning\"", "\"response.output_text.delta\"", "\"Bash\"", "\"<tool_call>\"");
        Prop.ForAll(Gen.ListOf(Objects(4), 3).ToArbitrary(), chunks =>
        {
            foreach (var api in (OpenAiApi[])[OpenAiApi.Chat, OpenAiApi.Responses])
            {
                var translator = new OpenAiTranslation(ThinkingAndTools, api).Translator();
                var events = new List<ReplyEvent>();
                foreach (var chunk in chunks)
                {
                    if (!translator.Ended) translator.Next(Encoding.UTF8.GetBytes(chunk), events);
                }

                if (!translator.Ended) translator.EndOfStream(isDone: true, events);
                Assert.True(events[^1].Kind is ReplyEventKind.Finished or ReplyEventKind.Failed);
                // What a sink would look at must be readable too.
                foreach (var step in events.Where(step => step.Kind is ReplyEventKind.Text or ReplyEventKind.Thinking or ReplyEventKind.ToolInput)) Assert.NotNull(step.Text.ToString());
            }
        }).Check(Seeded.Config.WithMaxTest(3000));

        Gen<string> Objects(int depth) =>
            from count in Gen.Choose(0, 4)
            from fields in Gen.ListOf(from name in Gen.Elements(names) from value in depth == 0 ? values : Gen.Frequency((2, values), (2, Objects(depth - 1)), (2, Objects(depth - 1).Select(entry => $"[{entry}]"))) select $"\"{name}\":{value}", count)
            select $"{{{string.Join(',', fields)}}}";
    }

    private static Task<string> Translate(byte[] answer, params int[] pieces) => new OpenAiTranslation(ThinkingAndTools).StreamAsync(answer, pieces);

    private static string Quote(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";
}
