using System.Text.Json;

namespace Dragoman.Tests.Providers.Gemini.Request;

/// <summary>Everything that gateways are known to lose must arrive, or be named.</summary>
public sealed class GeminiZeroLossTests
{
    // Nobody fetches here, so an image by URL is a notice with its address.
    private static readonly string[] Pieces =
    [
        "SYSTEM-BLOCK-TWO", "FORMAT_FIELD", "READ-DESCRIPTION", "SHOT-DESCRIPTION", "FETCH-DESCRIPTION", "EXAMPLE-PATH", "\"minimum\":7", "web_search", "USER-TEXT", "iVBORw0KGgo=",
        "URL-IMAGE.png", "PDF-TITLE", "JVBERi0xLjQK", "DOCUMENT-TEXT", "DOCUMENT-TITLE", "DOCUMENT-CONTEXT", "SEARCH-SOURCE", "SEARCH-TITLE", "SEARCH-TEXT", "MIDDLE-SYSTEM",
        "ASSISTANT-TEXT", "INPUT-PATH", "RESULT-B", "UkVTVUxUSU1H", "RESULT-A", "STOP-HERE",
    ];

    [Theory]
    [InlineData("gemini-3.1-pro-preview", "thought_signature=bypassed")]
    [InlineData("gemini-2.5-pro", "tool_result.media=beside")]
    public void Every_piece_of_a_dense_request_reaches_the_model_or_is_named(string model, string named)
    {
        var translated = RequestTranslation.Of(System.Text.Encoding.UTF8.GetString(DenseRequest.Bytes), $$"""{"model":"{{model}}"}""");
        var text = translated.Text();
        Assert.All(Pieces, piece => Assert.Contains(piece, text, StringComparison.Ordinal));
        Assert.DoesNotContain("billing", text, StringComparison.Ordinal);
        Assert.Empty(GeminiBodyRules.Violations(translated.Body));

        using var body = JsonDocument.Parse(translated.Body);
        var config = body.RootElement.GetProperty("generationConfig");
        Assert.Equal((500, 0.25, 0.75, 33), (config.GetProperty("maxOutputTokens").GetInt32(), config.GetProperty("temperature").GetDouble(), config.GetProperty("topP").GetDouble(), config.GetProperty("topK").GetInt32()));
        Assert.True(config.GetProperty("thinkingConfig").GetProperty("includeThoughts").GetBoolean());
        Assert.Equal("ANY", body.RootElement.GetProperty("toolConfig").GetProperty("functionCallingConfig").GetProperty("mode").GetString());
        string[] expected =
        [
            "documents=text", "images=notice", "output_config.format=instructed", "redacted_thinking=dropped", "stop_sequences=end_turn", "thinking_history=dropped", "web_search=unavailable",
        ];
        Assert.Equal([.. expected.Append(named).Order(StringComparer.Ordinal)], translated.Degraded);
    }

    [Fact]
    public void Stop_sequences_beyond_the_fifth_are_left_to_be_watched_for()
    {
        var translated = RequestTranslation.Of("""{"model":"m","max_tokens":5,"stop_sequences":["1","2","3","4","5","6","7"],"messages":[{"role":"user","content":"a"}]}""");
        Assert.Equal(["6", "7"], translated.WatchedStops);
    }

    [Fact]
    public void A_search_is_told_to_those_who_read_the_answer()
    {
        var search = RequestTranslation.Of("""
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a"}],
             "tools":[{"type":"web_search_20250305","name":"web_search","blocked_domains":["x.example"]},{"type":"web_fetch_20250910","name":"web_fetch","allowed_domains":["y.example"]}]}
            """).WebSearch;
        Assert.NotNull(search);
        Assert.Equal(("web_search", "web_fetch"), (search.SearchTool, search.FetchTool));
        Assert.Equal(["y.example"], search.AllowedDomains);
        Assert.Equal(["x.example"], search.BlockedDomains);
        Assert.Null(RequestTranslation.Of("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a"}]}""").WebSearch);
    }
}
