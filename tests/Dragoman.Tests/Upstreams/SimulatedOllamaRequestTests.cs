using System.Net;
using System.Text.Json;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Upstreams;

/// <summary>What the simulated Ollama makes of a request: refusals, context, cache, loads.</summary>
public sealed class SimulatedOllamaRequestTests
{
    private const string Message = """{"model":"llama3.1:8b","messages":[{"role":"user",""";

    private static string Tool(string parameters) =>
        $$$"""{"model":"llama3.1:8b","messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{{{parameters}}}}}]}""";

    public static TheoryData<string, int, string> Refused => new()
    {
        { "", 400, "missing request body" },
        { """{"messages":[]}""", 400, "model is required" },
        { """{"model":"nope","messages":[]}""", 404, "model 'nope' not found" },
        { Message + "\"content\":[]}]}", 400, "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string" },
        { Message + "\"content\":\"\",\"images\":[\"data:image/png;base64,AAAA\"]}]}", 400, "illegal base64 data at input byte 4" },
        {
            Message + "\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}]}", 400,
            "Value looks like object, but can't find closing '}' symbol"
        },
        { OllamaClient.Ask("hi", ""","think":true"""), 400, "\"llama3.1:8b\" does not support thinking" },
        { OllamaClient.Ask("hi", ""","think":"low" """), 400, "\"llama3.1:8b\" does not support thinking" },
        {
            OllamaClient.Ask("hi", ""","think":"xhigh" """, "qwen3:8b"), 400,
            "invalid think value: \"xhigh\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)"
        },
        { OllamaClient.Ask("hi", ""","tools":[{}]""", "gemma3:4b"), 400, "registry.ollama.ai/library/gemma3:4b does not support tools" },
        {
            Tool("""{"type":"object","properties":{"x":true}}"""), 400,
            "json: cannot unmarshal bool into Go struct field ToolFunctionParameters.tools.function.parameters.properties of type api.ToolProperty"
        },
        {
            Tool("""{"type":["object","null"]}"""), 400,
            "json: cannot unmarshal array into Go struct field ToolFunctionParameters.tools.function.parameters.type of type string"
        },
        { OllamaClient.Ask("hi", ""","options":{"num_ctx":"8192"}"""), 500, "option \"num_ctx\" must be of type integer" },
        { OllamaClient.Ask("hi", ""","format":"yaml" """), 500, "invalid format: \"\\\"yaml\\\"\"; expected \"json\" or a valid JSON Schema object" },
        { OllamaClient.Ask("hi", ""","keep_alive":"soon" """), 400, "time: invalid duration \"soon\"" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Wrong_request_is_refused_in_the_words_of_Ollama(string request, int status, string error)
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("unreached"));

        var (actual, body) = await client.ChatAsync(request);

        Assert.Equal(status, (int)actual);
        Assert.Equal(error, JsonElement.Parse(body).GetProperty("error").GetString());
        Assert.Equal([request], client.Server.ChatRequests);
        Assert.Empty(client.Server.Chats);
    }

    [Fact]
    public async Task Request_with_every_field_right_is_answered()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("fine"));

        var (status, body) = await client.ChatAsync("""
            {"model":"QWEN3-VL:8B","stream":false,"think":"low","truncate":false,"shift":false,"keep_alive":"1h30m","top_logprobs":20,"format":null,
             "options":{"num_ctx":8192,"temperature":1,"stop":["x"],"use_mmap":true,"unknown":[]},
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","$defs":{},"required":["a"],"properties":
               {"a":{"type":["string","null"],"enum":[1,"2"],"pattern":1},"b":{"anyOf":[{"type":"string"},{"type":"array","items":true}]}}}}}],
             "messages":[{"role":"system","content":"s"},{"role":"user","content":"q","images":["AAAA"]},
              {"role":"assistant","content":"","thinking":"t","tool_calls":[{"id":"call_1","function":{"index":0,"name":"f","arguments":{"a":"1"}}}]},
              {"role":"tool","content":"r","tool_name":"f","tool_call_id":"call_1"}]}
            """);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("fine", JsonElement.Parse(body).GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Overflow_without_truncation_tells_exact_counts_in_json_inside_json()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("unreached"));

        var (status, body) = await client.ChatAsync(OllamaClient.Ask(new string('x', 4000), ""","truncate":false,"options":{"num_ctx":512}"""));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var inner = JsonElement.Parse(JsonElement.Parse(body).GetProperty("error").GetString()!).GetProperty("error");
        var tokens = inner.GetProperty("n_prompt_tokens").GetInt32();
        Assert.InRange(tokens, 1000, 1020);
        Assert.Equal($"request ({tokens} tokens) exceeds the available context size (512 tokens), try increasing it", inner.GetProperty("message").GetString());
        Assert.Equal("exceed_context_size_error", inner.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Overflow_is_cut_to_half_the_context_in_silence_by_default()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("ok"));

        var lines = await client.LinesAsync(OllamaClient.Ask(new string('x', 40_000)));

        // 2051 of 4096 is what real servers report.
        Assert.Equal(2051, lines[^1].GetProperty("prompt_eval_count").GetInt32());
    }

    [Fact]
    public async Task Overflow_drops_messages_from_the_front_first()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("ok"));
        var filler = new string('x', 3000);

        await client.LinesAsync($$"""
            {"model":"llama3.1:8b","options":{"num_ctx":1000},"messages":[{"role":"system","content":"rules"},{"role":"user","content":"first {{filler}}"},
             {"role":"assistant","content":"second {{filler}}"},{"role":"user","content":"third"}]}
            """);

        var call = Assert.Single(client.Server.Chats);
        Assert.Equal(1, call.DroppedMessages);
        Assert.Contains("rules", call.Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("first", call.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prefix_is_reused_until_something_early_changes()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("An answer of some length."));
        static string Turns(string system) => $$"""
            {"model":"llama3.1:8b","messages":[{"role":"system","content":"{{system}} rules, many of them, word after word"},{"role":"user","content":"q"},
             {"role":"assistant","content":"An answer of some length."},{"role":"user","content":"q"}]}
            """;

        await client.LinesAsync("""
            {"model":"llama3.1:8b","messages":[{"role":"system","content":"Old rules, many of them, word after word"},{"role":"user","content":"q"}]}
            """);
        Assert.Equal(0, client.Server.LastPrefixReuse);
        var warm = (await client.LinesAsync(Turns("Old")))[^1];
        Assert.InRange(client.Server.LastPrefixReuse, 0.8, 0.99);
        var cold = (await client.LinesAsync(Turns("New")))[^1];
        Assert.InRange(client.Server.LastPrefixReuse, 0, 0.1);

        Assert.Equal(warm.GetProperty("prompt_eval_count").GetInt32(), cold.GetProperty("prompt_eval_count").GetInt32());
        Assert.True(warm.GetProperty("prompt_eval_duration").GetInt64() * 4 < cold.GetProperty("prompt_eval_duration").GetInt64());
    }

    [Fact]
    public async Task Model_is_loaded_again_when_its_context_changes()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Text("ok"));
        foreach (var size in (int[])[8192, 8192, 4096, 8192])
        {
            await client.LinesAsync(OllamaClient.Ask("hi", $$""","options":{"num_ctx":{{size}}}"""));
        }

        Assert.Equal(3, client.Server.Loads("llama3.1:8b"));
    }

    [Fact]
    public async Task Format_without_scripted_text_is_answered_with_an_instance()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(new ChatReply()));

        var lines = await client.LinesAsync(OllamaClient.Ask("hi", """
            ,"format":{"type":"object","required":["color","points"],"properties":{"color":{"enum":["red","blue"]},"note":{"type":"string"},
             "points":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/P"}}},"$defs":{"P":{"type":"object","required":["x"],"properties":{"x":{"type":"integer"}}}}}
            """));

        Assert.Equal("""{"color":"red","points":[{"x":0}]}""", OllamaClient.Content(lines));
    }
}
