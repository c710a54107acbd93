using System.Text.Json;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>One dense request with everything that gateways are known to lose: each piece must arrive, or be named.</summary>
public sealed class ZeroLossTests
{
    private const string Png = "iVBORw0KGgo=";

    private static readonly byte[] SeeingModel = """{"name":"qwen3-vl:8b","capabilities":["completion","tools","thinking","vision"]}"""u8.ToArray();

    [Fact]
    public async Task Every_piece_of_a_dense_request_reaches_the_model_or_is_named()
    {
        var translation = await Translation.OfAsync(DenseRequest.Bytes, SeeingModel);
        using var body = JsonDocument.Parse(translation.Bytes);
        var root = body.RootElement;
        string[] pieces =
        [
            "SYSTEM-BLOCK-TWO", "FORMAT_FIELD", "READ-DESCRIPTION", "SHOT-DESCRIPTION", "FETCH-DESCRIPTION", "EXAMPLE-PATH", "\"minimum\"", "web_search", "USER-TEXT", Png,
            "URL-IMAGE.png", "PDF-TITLE", "DOCUMENT-TEXT", "DOCUMENT-TITLE", "DOCUMENT-CONTEXT", "SEARCH-SOURCE", "SEARCH-TITLE", "SEARCH-TEXT", "MIDDLE-SYSTEM", "OLD-THOUGHT",
            "ASSISTANT-TEXT", "INPUT-PATH", "RESULT-B", "UkVTVUxUSU1H", "RESULT-A",
        ];
        var text = CaseFolder.Squeeze(translation.Bytes.Span);
        Assert.All(pieces, piece => Assert.True(text.Contains(piece, StringComparison.Ordinal) || text.Contains(piece.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal), piece));

        Assert.DoesNotContain("billing", text, StringComparison.Ordinal);
        Assert.True(root.GetProperty("think").GetBoolean());
        var options = root.GetProperty("options");
        Assert.Equal(500, options.GetProperty("num_predict").GetInt32());
        Assert.Equal(0.25, options.GetProperty("temperature").GetDouble());
        Assert.Equal(0.75, options.GetProperty("top_p").GetDouble());
        Assert.Equal(33, options.GetProperty("top_k").GetInt32());
        // "any" of three tools: the answer can be nothing but a call of one of them.
        Assert.Equal(["Read", "Shot", "Fetch"], root.GetProperty("format").GetProperty("anyOf").EnumerateArray().Select(call => call.GetProperty("properties").GetProperty("name").GetProperty("enum")[0].GetString()));
        Assert.Equal(
            ["documents.pdf=notice", "documents=text", "effort=ignored", "images.position=first", "images.url=notice", "output_config.format=instructed", "redacted_thinking=dropped", "web_search=unavailable"],
            translation.Chat.Degraded);
    }

    [Fact]
    public async Task Tool_messages_of_a_dense_request_stand_in_the_order_of_the_calls_and_show_the_failure()
    {
        var translation = await Translation.OfAsync(DenseRequest.Bytes, SeeingModel);
        using var body = JsonDocument.Parse(translation.Bytes);
        var messages = body.RootElement.GetProperty("messages").EnumerateArray().ToArray();

        Assert.Equal(["system", "user", "assistant", "tool", "tool"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(("toolu_A", "Read"), (messages[3].GetProperty("tool_call_id").GetString(), messages[3].GetProperty("tool_name").GetString()));
        Assert.Contains("failed", messages[3].GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal("UkVTVUxUSU1H", messages[4].GetProperty("images")[0].GetString());
    }

    [Fact]
    public async Task Stop_sequence_and_single_call_of_a_dense_request_are_kept_by_the_gateway()
    {
        var free = System.Text.Encoding.UTF8.GetString(DenseRequest.Bytes).Replace("\"type\":\"any\",", "\"type\":\"auto\",", StringComparison.Ordinal);
        var translation = await Translation.OfAsync(System.Text.Encoding.UTF8.GetBytes(free), SeeingModel);

        var stopped = await translation.StreamAsync("""{"message":{"content":"before STOP-HERE after"},"done":false}"""u8.ToArray());
        Assert.Contains("\"stop_reason\":\"stop_sequence\",\"stop_sequence\":\"STOP-HERE\"", stopped, StringComparison.Ordinal);
        Assert.DoesNotContain("after", stopped, StringComparison.Ordinal);

        var called = await translation.StreamAsync("""{"message":{"tool_calls":[{"function":{"name":"Read","arguments":{}}},{"function":{"name":"Shot","arguments":{}}}]},"done":true}"""u8.ToArray());
        Assert.DoesNotContain("Shot", called, StringComparison.Ordinal);
        // Without the compulsion the tools are offered as tools, the one that was loaded behind the others, and what their schemas lose is said in words.
        using var body = JsonDocument.Parse(translation.Bytes);
        Assert.Equal(["Read", "Shot", "Fetch"], body.RootElement.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()));
        Assert.Contains("(minimum: 7)", translation.Body, StringComparison.Ordinal);
    }
}
