using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Providers.Gemini;
using Dragoman.Replies;
using Dragoman.Tests.Providers.Ollama;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>An answer is what its bytes say, in whatever form and however split they came.</summary>
public sealed class GeminiStreamTests
{
    private static readonly string[] Texts = ["Grüße ", "😀", "世界", "a\nb", "{", "}]}", "\"quoted\"", "\\", "\\\"", "data: {\"x\":1}", "END", "x"];

    private static readonly Gen<string> Chunks =
        from text in Gen.Elements(Texts)
        from kind in Gen.Choose(0, 5)
        select kind switch
        {
            0 => GeminiTranslation.Chunk($"{{\"text\":{Quote(text)}}}"),
            1 => GeminiTranslation.Chunk($"{{\"text\":{Quote(text)},\"thought\":true}}"),
            2 => GeminiTranslation.Chunk($$$"""{"functionCall":{"name":"Bash","args":{"command":{{{Quote(text)}}}}},"thoughtSignature":"QUJD"}"""),
            3 => GeminiTranslation.Chunk($$$"""{"functionCall":{"name":"Bash","willContinue":true,"partialArgs":[{"jsonPath":"$.command","stringValue":{{{Quote(text)}}},"willContinue":true}]}}"""),
            4 => GeminiTranslation.Chunk($$$"""{"functionCall":{"partialArgs":[{"jsonPath":"$.command","stringValue":{{{Quote(text)}}}}]}}"""),
            _ => """{"usageMetadata":{"promptTokenCount":7}}""",
        };

    private static readonly Gen<string> Endings = Gen.Elements(
        GeminiTranslation.Last(),
        GeminiTranslation.Last("SAFETY"),
        """{"error":{"code":503,"message":"The model is overloaded – {}","status":"UNAVAILABLE"}}""");

    [Fact]
    public async Task An_answer_does_not_depend_on_its_form_or_on_how_its_bytes_were_split()
    {
        var answers =
            from count in Gen.Choose(0, 6)
            from chunks in Gen.ListOf(Chunks, count)
            from ending in Endings
            from pieceCount in Gen.Choose(1, 20)
            from pieces in Gen.ListOf(Gen.Frequency((3, Gen.Choose(1, 8)), (1, Gen.Choose(1, 400))), pieceCount)
            select (Chunks: (List<string>)[.. chunks, ending], Pieces: pieces.ToArray());
        await Task.Yield();
        Prop.ForAll(answers.ToArbitrary(), async answer =>
        {
            var whole = await Translate(GeminiTranslation.Sse(answer.Chunks));
            Assert.Equal(whole, await Translate(GeminiTranslation.Sse(answer.Chunks), answer.Pieces));
            Assert.Equal(whole, await Translate(GeminiTranslation.Array(answer.Chunks), answer.Pieces));
            Assert.Equal(whole, await Translate(Encoding.UTF8.GetBytes($"[{string.Join(',', answer.Chunks)}]"), answer.Pieces));
            Assert.Equal(whole, await Translate(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(GeminiTranslation.Sse(answer.Chunks)).Replace("\r\n", "\n", StringComparison.Ordinal)), answer.Pieces));
        }).Check(Seeded.Config.WithMaxTest(300));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_one_split_gives_the_same_events(bool events)
    {
        string[] chunks = [GeminiTranslation.Chunk("""{"text":"Gr\u00fc\u00dfe \\\" {👋"},{"functionCall":{"name":"Bash","args":{"command":"}\\"}}}"""), GeminiTranslation.Last()];
        var answer = events ? GeminiTranslation.Sse(chunks) : GeminiTranslation.Array(chunks);
        var whole = await Translate(answer);
        Assert.Contains("Bash", whole, StringComparison.Ordinal);
        for (var at = 1; at < answer.Length; at++) Assert.Equal(whole, await Translate(answer, at, int.MaxValue));
    }

    [Theory]
    [InlineData("data: [{\"error\":{\"code\":429,\"message\":\"slow down\",\"status\":\"RESOURCE_EXHAUSTED\"}}]\r\n\r\n")]
    [InlineData("[{\r\n  \"error\": {\r\n    \"code\": 429,\r\n    \"message\": \"slow down\",\r\n    \"status\": \"RESOURCE_EXHAUSTED\"\r\n  }\r\n}\r\n]")]
    [InlineData("data: {\ndata:   \"error\": {\"code\": 429,\ndata:     \"message\": \"slow down\", \"status\": \"RESOURCE_EXHAUSTED\"}\ndata: }\n\n")]
    [InlineData(": a comment with a {\r\nevent: error\r\nid: {1}\r\ndata: {\"error\":{\"code\":429,\"message\":\"slow down\",\"status\":\"RESOURCE_EXHAUSTED\"}}\r\n\r\n")]
    public async Task An_error_in_the_middle_is_read_in_whatever_form_it_comes(string error)
    {
        var translation = new GeminiTranslation();
        byte[] answer = [.. GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"so far"}""")), .. Encoding.UTF8.GetBytes(error)];
        var stream = await translation.StreamAsync(answer, 7);
        Assert.Contains("so far", stream, StringComparison.Ordinal);
        Assert.Equal(new UpstreamError(UpstreamErrorKind.RateLimited, "gemini/gemini-2.5-pro: slow down. Try again."), translation.Failure);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_in_the_middle_of_a_chunk_is_no_answer()
    {
        await using var stream = new GeminiStream(new PiecewiseStream("data: {\"candidates\":[{\"content\""u8.ToArray(), 5), Timeout.InfiniteTimeSpan, CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(async () => await stream.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_terminator_is_passed_over_where_a_gateway_adds_one()
    {
        var translation = new GeminiTranslation();
        await translation.StreamAsync([.. GeminiTranslation.Sse(GeminiTranslation.Last(parts: """{"text":"x"}""")), .. "data: [DONE]\r\n\r\n"u8]);
        Assert.NotNull(translation.Finish);
    }

    [Fact]
    public void No_chunk_makes_the_translator_throw()
    {
        // Names that mean something with values that don't fit them.
        string[] names =
        [
            "candidates", "content", "parts", "text", "thought", "thoughtSignature", "functionCall", "name", "id", "args", "partialArgs", "jsonPath", "stringValue", "numberValue", "nullValue",
            "willContinue", "inlineData", "mimeType", "data", "executableCode", "codeExecutionResult", "finishReason", "finishMessage", "groundingMetadata", "webSearchQueries", "groundingChunks",
            "web", "uri", "groundingSupports", "segment", "groundingChunkIndices", "urlContextMetadata", "urlMetadata", "retrievedUrl", "usageMetadata", "promptTokenCount", "promptFeedback",
            "blockReason", "error", "code", "message", "details", "\\ud800",
        ];
        var scalars = Gen.Elements(
            "null", "true", "1", "-1.5e300", "99999999999999999999", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00x\"", "[]", "[null]", "[1,[2]]", "{}", "\"STOP\"", "\"MAX_TOKENS\"", "\"SAFETY\"",
            "\"MALFORMED_FUNCTION_CALL\"", "\"$.a[0]\"", "\"$['\"", "\"$[7].b\"", "\"AA==\"", "\"default_api:Bash\"", "\"37s\"");
        var parts = Objects(3).Select(part => GeminiTranslation.Chunk(part));
        Prop.ForAll(Gen.ListOf(Gen.Frequency((1, Objects(6)), (3, parts)), 3).ToArbitrary(), chunks =>
        {
            foreach (var search in (bool[])[true, false])
            {
                var translation = new GeminiTranslation(search ? """ "tools":[{"type":"web_search_20250305","name":"web_search"}], """ : """ "thinking":{"type":"adaptive"},"stop_sequences":["1","2","3","4","5","x"], """);
                var translator = translation.Answer();
                var events = new List<ReplyEvent>();
                foreach (var chunk in chunks.Where(_ => !translator.Ended)) translator.Next(Encoding.UTF8.GetBytes(chunk), events);
                translator.EndOfStream(events);
                Assert.True(translator.WantsRetry || events[^1].Kind is ReplyEventKind.Finished or ReplyEventKind.Failed);
                foreach (var step in events) Assert.NotNull(step.Text.ToString());
            }
        }).Check(Seeded.Config.WithMaxTest(5000));

        Gen<string> Objects(int depth) =>
            from count in Gen.Choose(0, 5)
            from fields in Gen.ListOf(from name in Gen.Elements(names) from value in depth == 0 ? scalars : Gen.Frequency((2, scalars), (2, Objects(depth - 1)), (1, Objects(depth - 1).Select(entry => $"[{entry}]"))) select $"\"{name}\":{value}", count)
            select $"{{{string.Join(',', fields)}}}";
    }

    private static Task<string> Translate(byte[] answer, params int[] pieces) =>
        new GeminiTranslation(""" "thinking":{"type":"adaptive"},"tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"}}}}], """).StreamAsync(answer, pieces);

    // With \" for a quote, as Google writes it.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
