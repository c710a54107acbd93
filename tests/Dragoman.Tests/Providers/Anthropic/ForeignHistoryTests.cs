using System.Buffers;
using System.Text;
using Dragoman.Messages;
using Dragoman.Providers.Anthropic;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;
using Dragoman.Upstreams.Anthropic;

namespace Dragoman.Tests.Providers.Anthropic;

/// <summary>A conversation that another model began is made acceptable, and nothing else of it is touched.</summary>
public sealed class ForeignHistoryTests
{
    private const string Genuine = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+Kc0kSVqZx7";

    private static readonly string Ours = new ThinkingSignature("gemini", "gemini-3.1-pro", Thinking: null) { Upstream = "AY89a1" }.Seal();
    private static readonly string Hidden = new ThinkingSignature("ollama", "qwen3:8b", "Let me \"see\"").Seal();

    [Fact]
    public void Thinking_that_the_gateway_signed_is_removed_wherever_it_stands()
    {
        Assert.Equal(
            ("""[{"type":"text","text":"a"}]""", "history.thinking=dropped"),
            Rewritten($$$"""[{"type":"thinking","thinking":"x","signature":"{{{Ours}}}"}, {"type":"thinking","thinking":"","signature":"{{{Hidden}}}"} ,{"type":"text","text":"a"}]"""));
        Assert.Equal(
            ("""[ {"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"x","input":{}} ]""", "history.thinking=dropped"),
            Rewritten($$$"""[ {"type":"text","text":"a"}, {"type":"thinking","thinking":"x","signature":"{{{Ours}}}"},{"type":"tool_use","id":"t","name":"x","input":{}} , {"type":"thinking","thinking":"x","signature":"{{{Ours}}}"} ]"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3f0b2a7e-58f7-4f8e-9a46-0d1f6a1f3b11")]
    [InlineData("eyJhIjoxfQ==")]
    public void Thinking_that_is_plainly_of_another_server_is_removed_for_Anthropic_alone(string signature)
    {
        var content = $$$"""[{"type":"thinking","thinking":"x","signature":"{{{signature}}}"},{"type":"text","text":"a"}]""";
        Assert.Equal("""[{"type":"text","text":"a"}]""", Rewritten(content).Content);
        Assert.Equal((content, ""), Rewritten(content, SignatureTrust.Anyone));
    }

    [Theory]
    [InlineData("""[{"type":"thinking","thinking":"x","signature":"EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+Kc0kSVqZx7"},{"type":"text","text":"a" , "citations":[{"type":"web_search_result_location","encrypted_index":"Eo8B"}]}]""")]
    [InlineData("""[{"type":"redacted_thinking","data":"EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"},{"type":"tool_use","id":"toolu_01-a_B","name":"x","input":{ "id":"a.b","signature":"" }}]""")]
    [InlineData("""[{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"u","title":"t","encrypted_content":"Ev4e"}]}]""")]
    [InlineData("""[{"type":"brand_new","id":7,"content":{"signature":""}},"odd"]""")]
    [InlineData("[]")]
    public void What_Anthropic_wrote_is_not_touched(string content) => Assert.Equal((content, ""), Rewritten(content));

    [Fact]
    public void A_message_of_nothing_but_thinking_says_what_was_thought()
    {
        Assert.Equal("""[{"type":"text","text":"Let me \"see\"\n\nyes"}]""", Rewritten($$$"""[{"type":"thinking","thinking":"","signature":"{{{Hidden}}}"},{"type":"thinking","thinking":"yes","signature":"{{{Ours}}}"}]""").Content);
        Assert.Equal("""[{"type":"text","text":"(no answer)"}]""", Rewritten($$$"""[{"type":"thinking","thinking":"","signature":"{{{Ours}}}"}]""").Content);
    }

    [Fact]
    public void Ids_of_other_forms_are_replaced_in_call_and_result_alike_and_stay_apart()
    {
        var (content, degraded) = Rewritten("""[{"type":"tool_use","id":"functions.Bash:0","name":"x","input":{}},{"type":"tool_use","id":"functions Bash.0","name":"x","input":{}},{"type":"tool_result","tool_use_id":"functions.Bash:0"}]""");
        var ids = System.Text.RegularExpressions.Regex.Matches(content, "functions[^\"]*", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value).ToList();
        Assert.Equal(ids[0], ids[2]);
        Assert.NotEqual(ids[0], ids[1]);
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9_-]+$", id));
        Assert.Equal("history.ids=replaced", degraded);
    }

    [Fact]
    public void An_id_before_and_one_behind_what_is_removed_are_replaced_too()
    {
        var (content, degraded) = Rewritten($$$"""[{"type":"tool_use","id":"a.b","name":"x","input":{}},{"type":"thinking","thinking":"x","signature":"{{{Ours}}}"},{"type":"tool_use","id":"c.d","name":"x","input":{}}]""");
        Assert.Matches("""^\[\{"type":"tool_use","id":"a_b_[0-9a-f]{8}","name":"x","input":\{\}\},\{"type":"tool_use","id":"c_d_[0-9a-f]{8}","name":"x","input":\{\}\}\]$""", content);
        Assert.Equal("history.ids=replaced, history.thinking=dropped", degraded);
    }

    [Fact]
    public void A_search_on_another_upstream_becomes_text()
    {
        var (content, degraded) = Rewritten("""[{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a.example","title":"A","encrypted_content":"","page_age":null}]},{"type":"text","text":"so","citations":[{"type":"web_search_result_location","url":"https://a.example","encrypted_index":""}]}]""");
        Assert.Equal("""[{"type":"text","text":"Found on the web:\n- A: https://a.example"},{"type":"text","text":"so","citations":null}]""", content);
        Assert.Equal("history.citations=dropped, history.web_search=text", degraded);
    }

    [Fact]
    public async Task Anthropic_takes_a_conversation_that_another_model_began()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("anthropic/claude-x", "ok"));
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body(messages: $$$"""
            [{"role":"user","content":"go"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"{{{Ours}}}"},{"type":"tool_use","id":"functions.Bash:0","name":"Bash","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"functions.Bash:0","content":"done"}]},
             {"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"{{{Ours}}}"}]},
             {"role":"user","content":"and now?"}]
            """));
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal("history.ids=replaced, history.thinking=dropped", Assert.Single(response.Headers.GetValues("x-dragoman-degraded")));
        Assert.Single(gateway.Anthropic.Asked);
    }

    [Fact]
    public async Task Its_own_thinking_goes_back_to_Anthropic_untouched()
    {
        var thinking = AnthropicReply.Json($$$"""{"model":"x","type":"message","content":[{"type":"thinking","thinking":"hm","signature":"{{{Genuine}}}"}],"stop_reason":"end_turn","usage":{}}""");
        await using var gateway = await AnthropicGateway.StartAsync(thinking);
        await gateway.SendAsync(AnthropicGateway.Body(stream: false));
        var sent = AnthropicGateway.Body(stream: false, messages: $$$"""[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"{{{Genuine}}}"}]},{"role":"user","content":"on"}]""");
        Assert.Equal(200, (int)(await gateway.SendAsync(sent)).Response.StatusCode);
        Assert.Equal(sent.Replace("anthropic/", "", StringComparison.Ordinal), gateway.Anthropic.Asked[1].Body);
    }

    [Fact]
    public async Task What_only_the_upstream_can_tell_is_foreign_is_removed_when_it_says_so()
    {
        await using var gateway = await AnthropicGateway.StartAsync(AnthropicReply.Text("anthropic/claude-x", "ok"));
        var (response, _) = await gateway.SendAsync(AnthropicGateway.Body(messages: $$$"""[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"{{{Genuine}}}"},{"type":"text","text":"a"}]},{"role":"user","content":"on"}]"""));
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("history.thinking=dropped", Assert.Single(response.Headers.GetValues("x-dragoman-degraded")));
        Assert.Equal(2, gateway.Anthropic.Asked.Count);
    }

    private static (string Content, string Degraded) Rewritten(string content, SignatureTrust trust = SignatureTrust.Anthropic)
    {
        const string before = """{ "model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant", "content": """;
        const string after = """ }], "tools":[{"id":"a.b"}]}""";
        var request = new MessagesRequest { Body = Encoding.UTF8.GetBytes(before + content + after), Model = "m", Messages = [new Message(Role.Assistant, [])] };
        var output = new ArrayBufferWriter<byte>();
        var passed = PassedRequest.Write(request, "m", trust, new TargetOverrides(), counting: false, output);
        var body = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.StartsWith(before, body, StringComparison.Ordinal);
        Assert.EndsWith(after, body, StringComparison.Ordinal);
        return (body[before.Length..^after.Length], string.Join(", ", passed.Degraded));
    }
}
