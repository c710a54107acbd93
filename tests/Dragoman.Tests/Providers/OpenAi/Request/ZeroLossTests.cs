using System.Text.Json;

namespace Dragoman.Tests.Providers.OpenAi.Request;

/// <summary>One dense request with everything that gateways are known to lose: each piece must arrive, or be named.</summary>
public sealed class ZeroLossTests
{
    private const string Dense = """
        {
          "model": "claude-opus-5-5", "max_tokens": 500, "stream": true,
          "system": [{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.329; cch=1a2b3;"}, {"type":"text","text":"SYSTEM-BLOCK-TWO"}],
          "stop_sequences": ["STOP-HERE"], "temperature": 0.25, "top_p": 0.75, "top_k": 33,
          "thinking": {"type":"adaptive"},
          "output_config": {"effort":"high", "format":{"type":"json_schema","schema":{"type":"object","properties":{"FORMAT_FIELD":{"type":"string"}},"required":["FORMAT_FIELD"]}}},
          "context_management": {"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},
          "tool_choice": {"type":"any","disable_parallel_tool_use":true},
          "tools": [
            {"name":"Read","description":"READ-DESCRIPTION","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}},"required":["file_path"]},"input_examples":[{"file_path":"EXAMPLE-PATH"}]},
            {"name":"Shot","description":"SHOT-DESCRIPTION","input_schema":{"type":"object","properties":{"display":{"type":"integer","minimum":7}}}},
            {"name":"Fetch","description":"FETCH-DESCRIPTION","defer_loading":true,"input_schema":{"type":"object","properties":{"url":{"type":"string"}}}},
            {"type":"web_search_20250305","name":"web_search","max_uses":3}
          ],
          "messages": [
            {"role":"user","content":[
              {"type":"text","text":"USER-TEXT"},
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},
              {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"},"title":"PDF-TITLE"},
              {"type":"document","source":{"type":"text","media_type":"text/plain","data":"DOCUMENT-TEXT"},"title":"DOCUMENT-TITLE","context":"DOCUMENT-CONTEXT"},
              {"type":"search_result","source":"SEARCH-SOURCE","title":"SEARCH-TITLE","content":[{"type":"text","text":"SEARCH-TEXT"}]}]},
            {"role":"system","content":"MIDDLE-SYSTEM"},
            {"role":"assistant","content":[
              {"type":"thinking","thinking":"OLD-THOUGHT","signature":"c2ln"},
              {"type":"redacted_thinking","data":"xyz"},
              {"type":"text","text":"ASSISTANT-TEXT"},
              {"type":"tool_use","id":"toolu_A","name":"Read","input":{"file_path":"INPUT-PATH"}},
              {"type":"tool_use","id":"toolu_B","name":"Shot","input":{"display":1}}]},
            {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"toolu_B","content":[{"type":"text","text":"RESULT-B"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"UkVTVUxUSU1H"}},{"type":"tool_reference","tool_name":"Fetch"}]},
              {"type":"tool_result","tool_use_id":"toolu_A","is_error":true,"content":"RESULT-A"}]}
          ]
        }
        """;

    private static readonly string[] Pieces =
    [
        "SYSTEM-BLOCK-TWO", "FORMAT_FIELD", "READ-DESCRIPTION", "SHOT-DESCRIPTION", "FETCH-DESCRIPTION", "EXAMPLE-PATH", "minimum", "web_search", "USER-TEXT", "PDF-TITLE",
        "DOCUMENT-TEXT", "DOCUMENT-TITLE", "DOCUMENT-CONTEXT", "SEARCH-SOURCE", "SEARCH-TITLE", "SEARCH-TEXT", "MIDDLE-SYSTEM", "ASSISTANT-TEXT", "INPUT-PATH", "RESULT-B", "RESULT-A",
        "The tool failed",
    ];

    [Theory]
    [InlineData("openai", "gpt-5.4", "redacted_thinking=dropped temperature=ignored thinking_history=dropped top_k=ignored top_p=ignored documents=text web_search=unavailable")]
    [InlineData("openai", "gpt-4.1", "effort=ignored redacted_thinking=dropped thinking=ignored thinking_history=dropped tool_result.media=beside top_k=ignored documents=text web_search=unavailable")]
    [InlineData("openrouter", "z-ai/glm-4.7", "output_config.format=instructed redacted_thinking=dropped thinking_history=dropped tool_result.media=beside documents=text web_search=unavailable")]
    [InlineData("deepseek", "deepseek-v4-pro", "documents=notice images=notice output_config.format=instructed redacted_thinking=dropped thinking=off_for_tool_choice top_k=ignored documents=text web_search=unavailable")]
    [InlineData("vllm", "Qwen/Qwen3-VL", "documents=notice output_config.format=instructed redacted_thinking=dropped tool_result.media=beside documents=text web_search=unavailable")]
    [InlineData("generic", "some-model", "documents=notice effort=ignored output_config.format=instructed redacted_thinking=dropped thinking=model_dependent thinking_history=dropped tool_result.media=beside top_k=ignored documents=text web_search=unavailable")]
    public void Every_piece_of_a_dense_request_reaches_the_model_or_is_named(string dialect, string model, string degraded)
    {
        var translated = RequestTranslation.Of(Dense, $$"""{"dialect":"{{dialect}}","model":"{{model}}"}""");
        Assert.All(Pieces, piece => Assert.Contains(piece, translated.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("billing", translated.Text, StringComparison.Ordinal);
        Assert.Equal(degraded.Split(' ').Order(StringComparer.Ordinal), translated.Sent.Degraded);
        Assert.Equal(!translated.Sent.Degraded.Contains("images=notice"), translated.Text.Contains("iVBORw0KGgo=", StringComparison.Ordinal) && translated.Text.Contains("UkVTVUxUSU1H", StringComparison.Ordinal));
        Assert.Equal(!translated.Sent.Degraded.Contains("thinking_history=dropped"), translated.Text.Contains("OLD-THOUGHT", StringComparison.Ordinal));
        Assert.Equal(["STOP-HERE"], translated.Sent.WatchedStops);
        using var body = JsonDocument.Parse(translated.Body);
        Assert.Equal("required", body.RootElement.GetProperty("tool_choice").GetString());
        Assert.False(body.RootElement.TryGetProperty("stop", out _));
    }

    [Fact]
    public void Names_that_had_to_change_come_back()
    {
        var name = new string('x', 100);
        var translated = RequestTranslation.Of($$$"""{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"{{{name}}}","input_schema":{"type":"object"}},{"name":"Read","input_schema":{"type":"object"}}]}""");
        using var body = JsonDocument.Parse(translated.Body);
        var sent = body.RootElement.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString()!;
        Assert.Equal(64, sent.Length);
        Assert.Equal([name, "Read", "Unknown"], new[] { sent, "Read", "Unknown" }.Select(translated.Sent.Names.ToClient));
    }
}
