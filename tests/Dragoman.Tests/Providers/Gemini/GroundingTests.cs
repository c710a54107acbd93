using System.Text.Json;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>A web search on Google's side, as Anthropic's clients know their own.</summary>
public sealed class GroundingTests
{
    private const string Search = """ "tools":[{"type":"web_search_20250305","name":"web_search","max_uses":8}], """;

    private const string Metadata =
        """
        , "groundingMetadata":{"webSearchQueries":["weather bern","wetter bern"],
          "groundingChunks":[{"web":{"uri":"https://a.test/1","title":"a.test"}},{"retrievedContext":{"uri":"x"}},{"web":{"uri":"https://b.test/2"}}],
          "groundingSupports":[{"segment":{"startIndex":7,"endIndex":20,"text":"It is 5 °C in Bern."},"groundingChunkIndices":[0,2]},{"segment":{"text":"Rain is near."},"groundingChunkIndices":[1,2,9]},{"segment":{"text":"not there"},"groundingChunkIndices":[0]}]}
        """;

    private static readonly byte[] Answer = GeminiTranslation.Sse(
        GeminiTranslation.Chunk("""{"text":"👋 Hello. It is 5 "}"""), GeminiTranslation.Chunk("""{"text":"°C in Bern. Rain is near. Bye."}"""), GeminiTranslation.Last(candidate: Metadata.ReplaceLineEndings(" ")));

    [Fact]
    public async Task The_search_stands_before_the_text_and_the_text_names_its_pages()
    {
        var translation = new GeminiTranslation(Search);
        var events = await translation.EventsAsync(Answer);
        Assert.Equal(["server_tool_use srvtoolu_1 web_search", "web_search_tool_result", "text", "text", "text", "text", "text"], GeminiAnswerTests.Blocks(events));
        Assert.Equal("""{"query":"weather bern; wetter bern"}""", SseEvent.Text(events, "partial_json"));
        var result = events.Single(step => step.Type == "content_block_start" && step.Data.GetProperty("index").GetInt32() == 1).Data.GetProperty("content_block");
        Assert.Equal(
            """{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","caller":{"type":"direct"},"content":[{"type":"web_search_result","url":"https://a.test/1","title":"a.test","encrypted_content":"","page_age":null},{"type":"web_search_result","url":"https://b.test/2","title":"https://b.test/2","encrypted_content":"","page_age":null}]}""",
            result.GetRawText());
        Assert.Equal("👋 Hello. It is 5 °C in Bern. Rain is near. Bye.", SseEvent.Text(events));
        Assert.Equal([(3, "https://a.test/1", "It is 5 °C in Bern."), (3, "https://b.test/2", "It is 5 °C in Bern."), (5, "https://b.test/2", "Rain is near.")], events.Where(IsCitation).Select(Citation));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        Assert.Equal("""{"web_search_requests":2,"web_fetch_requests":0}""", events.Single(step => step.Type == "message_delta").Data.GetProperty("usage").GetProperty("server_tool_use").GetRawText());
    }

    [Fact]
    public async Task A_whole_message_says_the_same()
    {
        var content = (await new GeminiTranslation(Search).AssembleAsync(Answer)).GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(["server_tool_use", "web_search_tool_result", "text", "text", "text", "text", "text"], content.Select(block => block.GetProperty("type").GetString()));
        Assert.Equal("""{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","caller":{"type":"direct"},"input":{"query":"weather bern; wetter bern"}}""", content[0].GetRawText());
        Assert.Equal("Rain is near.", content[5].GetProperty("text").GetString());
        Assert.Equal("""[{"type":"web_search_result_location","cited_text":"Rain is near.","url":"https://b.test/2","title":"https://b.test/2","encrypted_index":""}]""", content[5].GetProperty("citations").GetRawText());
        Assert.Equal(JsonValueKind.Null, content[6].GetProperty("citations").ValueKind);
    }

    [Fact]
    public async Task An_answer_without_a_search_is_plain_text()
    {
        var events = await new GeminiTranslation(Search).EventsAsync(GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"I know "}"""), GeminiTranslation.Last(parts: """{"text":"that."}""")));
        Assert.Equal(["text"], GeminiAnswerTests.Blocks(events));
        Assert.Equal("I know that.", SseEvent.Text(events));
    }

    [Fact]
    public async Task Pages_that_were_read_are_told_of_and_those_that_were_not()
    {
        var events = await new GeminiTranslation(""" "tools":[{"type":"web_fetch_20250910","name":"web_fetch"}], """).EventsAsync(GeminiTranslation.Sse(GeminiTranslation.Last(
            parts: """{"text":"It says x."}""",
            candidate: """, "urlContextMetadata":{"urlMetadata":[{"retrievedUrl":"https://a.test/","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_SUCCESS"},{"retrievedUrl":"https://b.test/","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_ERROR"}]}""")));
        Assert.Equal(["server_tool_use srvtoolu_1 web_fetch", "web_fetch_tool_result", "server_tool_use srvtoolu_2 web_fetch", "web_fetch_tool_result", "text"], GeminiAnswerTests.Blocks(events));
        Assert.Equal("""{"url":"https://a.test/"}{"url":"https://b.test/"}""", SseEvent.Text(events, "partial_json"));
        var results = events.Where(step => step.Type == "content_block_start" && step.Data.GetProperty("content_block").GetProperty("type").GetString() == "web_fetch_tool_result").Select(step => step.Data.GetProperty("content_block").GetProperty("content").GetProperty("type").GetString());
        Assert.Equal(["web_fetch_result", "web_fetch_tool_result_error"], results);
    }

    private static bool IsCitation(SseEvent step) => step.Type == "content_block_delta" && step.Data.GetProperty("delta").GetProperty("type").GetString() == "citations_delta";

    private static (int, string?, string?) Citation(SseEvent step)
    {
        var citation = step.Data.GetProperty("delta").GetProperty("citation");
        return (step.Data.GetProperty("index").GetInt32(), citation.GetProperty("url").GetString(), citation.GetProperty("cited_text").GetString());
    }
}
