using System.Text;
using System.Text.Json;
using Dragoman.Replies;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>An answer is what its bytes say, however they were split on the way; and no line can break the translator.</summary>
public sealed class ReplyProperties
{
    private static readonly Config Runs = Seeded.Config.WithMaxTest(500);

    private static readonly string[] Texts = ["Grüße ", "😀", "世界", "👨‍👩‍👧", "a\nb", "\\u003cb\\u003e", "\"quoted\"", "END", "EN", "D", "\u2028", "x"];

    private static readonly Gen<string> Lines =
        from text in Gen.Elements(Texts)
        from kind in Gen.Choose(0, 4)
        select kind switch
        {
            0 => $$"""{"model":"m","created_at":"x","message":{"role":"assistant","content":{{Quote(text)}}},"done":false}""",
            1 => $$"""{"message":{"role":"assistant","content":"","thinking":{{Quote(text)}}},"done":false}""",
            2 => """{"message":{"role":"assistant","content":TEXT,"tool_calls":[{"id":"call_1","function":{"index":0,"name":"Bash","arguments":{"command":TEXT}}}]},"done":false}""".Replace("TEXT", Quote(text), StringComparison.Ordinal),
            3 => $$"""{ "message" : { "content" : {{Quote(text)}} } , "done" : false }  """,
            _ => "",
        };

    private static readonly Gen<string> Endings = Gen.Elements(
        """{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":42,"eval_count":7}""",
        """{"error":"it broke – mid Grüße"}""",
        "");

    private static readonly Gen<(List<string> Lines, List<int> Pieces)> Answers =
        from count in Gen.Choose(0, 6)
        from lines in Gen.ListOf(Lines, count)
        from ending in Endings
        from pieceCount in Gen.Choose(1, 20)
        from pieces in Gen.ListOf(Gen.Frequency((3, Gen.Choose(1, 8)), (1, Gen.Choose(1, 400))), pieceCount)
        select ((List<string>)[.. lines, ending], pieces.ToList());

    [Fact]
    public async Task An_answer_does_not_depend_on_how_its_bytes_were_split()
    {
        var request = """{"model":"m","max_tokens":100,"thinking":{"type":"adaptive"},"stop_sequences":["END"],"messages":[{"role":"user","content":"x"}]}"""u8.ToArray();
        var translation = await Translation.OfAsync(request);
        Prop.ForAll(Answers.ToArbitrary(), async answer =>
        {
            var whole = await translation.StreamAsync(Encoding.UTF8.GetBytes(string.Join('\n', answer.Lines) + "\n"));
            foreach (var newLine in (string[])["\n", "\r\n"])
            {
                foreach (var end in (string[])["", newLine])
                {
                    var split = await translation.StreamAsync(Encoding.UTF8.GetBytes(string.Join(newLine, answer.Lines) + end), [.. answer.Pieces]);
                    Assert.Equal(whole, split);
                }
            }
        }).Check(Runs);
    }

    [Fact]
    public async Task Any_one_split_of_an_answer_gives_the_same_events()
    {
        var reply = CaseFolder.Ollama.Read("reply-go-escapes", ".reply.ndjson")!.Concat(CaseFolder.Ollama.Read("reply-unicode", ".reply.ndjson")!).ToArray();
        var translation = await Translation.OfAsync(CaseFolder.Ollama.Read("_reply", ".request.json")!);
        var whole = await translation.StreamAsync(reply);
        for (var at = 1; at < reply.Length; at++) Assert.Equal(whole, await translation.StreamAsync(reply, at, int.MaxValue));
    }

    [Fact]
    public async Task No_line_makes_the_translator_throw()
    {
        // Names that mean something with values that don't fit them, and pieces of JSON that is none.
        string[] names =
        [
            "message", "content", "thinking", "tool_calls", "function", "name", "arguments", "id", "done", "done_reason", "error", "prompt_eval_count", "eval_count",
            "load_duration", "role", "\\ud800", "\\u0064one",
        ];
        var values = Gen.Elements(
            "null", "true", "1", "-1.5e300", "99999999999999999999", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00x\"", "[]", "[null]", "[1,[2]]", "{}", "{\"a\":{}}", "\"stop\"",
            "\"length\"", "\"request (99999999999999 tokens) exceeds the available context size (٣ tokens)\"", "\"{\\\"error\\\":1}\"",
            "\"{\\\"\\\\ud800\\\":1}\"", "\"{\\\"name\\\":\\\"\\\\ud800\\\",\\\"input\\\":{}}\"");
        var whole = values.Select(value => """{"message":{"content":VALUE,"tool_calls":[{"id":VALUE,"function":{"name":VALUE,"arguments":VALUE}}]},"done":true,"done_reason":VALUE}""".Replace("VALUE", value, StringComparison.Ordinal));
        var soup = Gen.Choose(0, 12).SelectMany(count => Gen.ListOf(Gen.Elements("{", "}", "[", "]", ",", ":", "\"", "message", "\"error\"", "null", " ", "\\", "1", "ü", "\0"), count)).Select(string.Concat);
        var translation = await Translation.OfAsync(CaseFolder.Ollama.Read("_reply", ".request.json")!);
        var forced = await Translation.OfAsync(CaseFolder.Ollama.Read("tool-choice-tool", ".request.json")!);

        Prop.ForAll(Gen.ListOf(Gen.OneOf(Objects(3), soup, whole), 3).ToArbitrary(), all => NeverThrows(all.Select(Encoding.UTF8.GetBytes))).Check(Runs.WithMaxTest(5000));
        Prop.ForAll<byte[]>(bytes => NeverThrows([bytes, [.. "{\"message\":{\"content\":\""u8, .. bytes, .. "\"},\"done_reason\":\""u8, .. bytes, .. "\"}"u8]])).Check(Runs.WithMaxTest(2000));

        Gen<string> Objects(int depth) =>
            from count in Gen.Choose(0, 4)
            from fields in Gen.ListOf(from name in Gen.Elements(names) from value in depth == 0 ? values : Gen.Frequency((2, values), (1, Objects(depth - 1)), (1, Objects(depth - 1).Select(entry => $"[{entry}]"))) select $"\"{name}\":{value}", count)
            select $"{{{string.Join(',', fields)}}}";

        void NeverThrows(IEnumerable<byte[]> received)
        {
            foreach (var translator in (Dragoman.Providers.Ollama.StreamTranslator[])[translation.Answer(), forced.Answer()])
            {
                var events = new List<ReplyEvent>();
                foreach (var line in received)
                {
                    if (!translator.Ended) translator.Next(line, events);
                }

                translator.EndOfStream(events);
                Assert.True(events[^1].Kind is ReplyEventKind.Finished or ReplyEventKind.Failed);
                // What a sink would look at must be readable too.
                foreach (var step in events.Where(step => step.Kind is ReplyEventKind.Text or ReplyEventKind.Thinking or ReplyEventKind.ToolInput)) Assert.NotNull(step.Text.ToString());
            }
        }
    }

    private static string Quote(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";
}
