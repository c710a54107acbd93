using System.Text;
using Dragoman.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Messages;

public sealed class MessagesParserTests
{
    private const string Valid = """{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""";

    [Theory]
    [InlineData("""{"max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""", "model: Field required")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":10}""", "messages: Field required")]
    [InlineData("""{"model":"m","max_tokens":10,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"model":"m","max_tokens":"10","messages":[]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"m","max_tokens":-1,"messages":[]}""", "max_tokens: Input should be greater than or equal to 0")]
    [InlineData("""{"model":7,"max_tokens":1,"messages":[]}""", "model: Input should be a valid string")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":{}}""", "messages: Input should be a valid list")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":["x"]}""", "messages.0: Input should be a valid dictionary")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"content":"x"}]}""", "messages.0.role: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user"}]}""", "messages.0.content: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"robot","content":"x"}]}""", "messages.0.role: Input should be 'user', 'assistant' or 'system'")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":7}]}""", "messages.0.content: Input should be a valid list")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"text":"x"}]}]}""", "messages.0.content.0: Unable to extract tag using discriminator 'type'")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages.0.content.0.text.text: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png"}}]}]}""", "messages.0.content.0.image.source.base64.data: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"AA=="}}]}]}""", "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'")]
    [InlineData("""{"model":"m","max_tokens":1,"stream":"yes","messages":[]}""", "stream: Input should be a valid boolean")]
    [InlineData("""{"model":"m","max_tokens":1,"tools":[{"name":"t"}],"messages":[]}""", "tools.0.custom.input_schema: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"tools":[{"name":"a b","input_schema":{}}],"messages":[]}""", "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")]
    [InlineData("""{"model":"m","max_tokens":1,"thinking":{"type":"enabled"},"messages":[]}""", "thinking.enabled.budget_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"thinking":{"type":"enabled","budget_tokens":5},"messages":[]}""", "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")]
    [InlineData("""{"model":"m","max_tokens":1,"output_config":{"effort":"huge"},"messages":[]}""", "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":""},{"role":"user","content":[]}]}""", "messages.0: all messages must have non-empty content except for the optional final assistant message")]
    [InlineData("[]", "Input should be a valid dictionary")]
    public void A_wrong_request_is_refused_with_the_path_and_the_reason(string body, string message) => Assert.Equal(message, Refusal(body).Message);

    [Theory]
    [InlineData("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"},"citations":{"enabled":true}}""", true)]
    [InlineData("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"},"citations":{"enabled":false}}""", false)]
    [InlineData("""{"type":"text","text":"x","citations":[{"type":"char_location","cited_text":"y"}]}""", true)]
    [InlineData("""{"type":"text","text":"x","citations":[]}""", false)]
    [InlineData("""{"type":"text","text":"x","citations":null}""", false)]
    public void Citations_that_no_other_model_makes_are_named(string block, bool named)
    {
        var request = MessagesParser.Parse(Encoding.UTF8.GetBytes(Valid.Replace("\"hi\"", $"[{block}]", StringComparison.Ordinal)));
        Assert.Equal(named ? ["citations=ignored"] : [], request.Degraded);
        Assert.Equal(named, request.IgnoredFields.Count > 0);
    }

    [Fact]
    public void Fields_of_a_tool_that_mean_nothing_here_are_noted_but_not_the_marks_of_caching()
    {
        const string tool = """{"name":"t","input_schema":{},"cache_control":{"type":"ephemeral"},"eager_input_streaming":true,"allowed_callers":["direct"],"new_field":1,"gone":null}""";
        var request = MessagesParser.Parse(Encoding.UTF8.GetBytes(Valid.Replace("\"max_tokens\"", $"\"tools\":[{tool}],\"service_tier\":null,\"max_tokens\"", StringComparison.Ordinal)));
        Assert.Equal(["tools.0.custom.allowed_callers", "tools.0.custom.new_field"], request.IgnoredFields);
    }

    [Fact]
    public void A_call_of_an_mcp_tool_keeps_its_server_and_a_change_may_name_a_whole_toolset()
    {
        const string blocks = """[{"type":"mcp_tool_use","id":"a","server_name":"github","name":"search","input":{}},{"type":"tool_removal","tool":{"type":"mcp_toolset_reference","server_name":"github"}}]""";
        var request = MessagesParser.Parse(Encoding.UTF8.GetBytes(Valid.Replace("""{"role":"user","content":"hi"}""", $$"""{"role":"user","content":"hi"},{"role":"assistant","content":{{blocks}}}""", StringComparison.Ordinal)));
        Assert.Equal("mcp__github__search", Assert.IsType<ServerToolUseBlock>(request.Messages[1].Content[0]).Name);
        Assert.Equal("github", Assert.IsType<ToolChangeBlock>(request.Messages[1].Content[1]).Name);
    }

    [Fact]
    public void An_unknown_block_names_the_tags_that_are_known()
    {
        var message = Refusal("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"foo"}]}]}""").Message;
        Assert.StartsWith("messages.0.content.0: Input tag 'foo' found using 'type' does not match any of the expected tags: 'advisor_tool_result', ", message);
        Assert.Contains("'tool_use'", message);
        Assert.StartsWith("tools.0: Input tag 'function' found using 'type'", Refusal("""{"model":"m","max_tokens":1,"tools":[{"type":"function","name":"x"}],"messages":[]}""").Message);
    }

    [Theory]
    [InlineData("{\"model\":")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{\"model\":\"m\",}")]
    public void Malformed_json_is_refused(string body) => Assert.StartsWith("The request body is not valid JSON", Refusal(body).Message);

    [Fact]
    public void Bytes_that_are_not_utf8_and_nesting_without_end_are_refused()
    {
        Assert.StartsWith("The request body is not valid JSON", Assert.Throws<InvalidRequestException>(() => MessagesParser.Parse(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' })).Message);
        var deep = new string('[', 500) + new string(']', 500);
        Assert.StartsWith("The request body is not valid JSON", Refusal(Valid.Replace("\"m\"", $"\"m\",\"x\":{deep}")).Message);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}}]}""", "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a.")]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}},{"type":"tool_use","id":"b","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}""", "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b.")]
    [InlineData("""{"role":"user","content":[{"type":"tool_result","tool_use_id":"z"}]}""", "messages.1.content.0: unexpected `tool_use_id` found in `tool_result` blocks: z.")]
    [InlineData("""{"role":"user","content":[{"type":"tool_use","id":"a","name":"t","input":{}}]}""", "messages.1.content.0.tool_use: `tool_use` blocks can only be in `assistant` messages")]
    public void Calls_and_results_that_do_not_pair_are_refused(string messages, string message) =>
        Assert.StartsWith(message, Refusal(Valid.Replace("}]}", "}," + messages + "]}")).Message);

    [Fact]
    public void Results_may_be_spread_over_messages_of_one_turn_and_system_messages_belong_to_none()
    {
        var request = Parse("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":{}}]},{"role":"assistant","content":[{"type":"tool_use","id":"b","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"b"}]},{"role":"system","content":"note"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]}""");
        Assert.Equal(6, request.Messages.Count);
    }

    [Theory]
    [InlineData("\"tools\":[{\"name\":\"t\",\"input_schema\":{}},{\"name\":\"t\",\"input_schema\":{}}]", "tools: Tool names must be unique.")]
    [InlineData("\"tool_choice\":{\"type\":\"any\"}", "tool_choice: tool_choice may only be specified while providing tools")]
    [InlineData("\"tools\":[{\"name\":\"t\",\"input_schema\":{}}],\"tool_choice\":{\"type\":\"tool\",\"name\":\"u\"}", "tool_choice: Tool 'u' not found in provided tools")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "thinking.enabled.budget_tokens: `max_tokens` must be greater than `thinking.budget_tokens`")]
    public void Rules_between_fields_are_checked(string fields, string message) => Assert.Equal(message, Refusal(Valid.Replace("\"messages\"", fields + ",\"messages\"")).Message);

    [Fact]
    public void A_thread_is_refused_with_the_code_that_sdks_know() =>
        Assert.Equal("thread_unsupported_request", Refusal(Valid.Replace("\"messages\"", "\"thread\":{\"type\":\"create\"},\"messages\"")).ErrorCode);

    /// <summary>One line for each block of the API's reference.</summary>
    [Theory]
    [InlineData("user", """{"type":"text","text":"x","citations":null,"cache_control":{"type":"ephemeral","ttl":"1h"}}""")]
    [InlineData("user", """{"type":"image","source":{"type":"url","url":"https://x/y.png"},"transformations":{"oversized_image":"error"}}""")]
    [InlineData("user", """{"type":"image","source":{"type":"file","file_id":"file_1"}}""")]
    [InlineData("user", """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="},"title":"t","context":"c","citations":{"enabled":true}}""")]
    [InlineData("user", """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"}}""")]
    [InlineData("user", """{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"}]}}""")]
    [InlineData("user", """{"type":"search_result","source":"https://x","title":"t","content":[{"type":"text","text":"x"}],"citations":{"enabled":true}}""")]
    [InlineData("user", """{"type":"container_upload","file_id":"file_1"}""")]
    [InlineData("assistant", """{"signature":"s","thinking":"x","type":"thinking"}""")]
    [InlineData("assistant", """{"type":"redacted_thinking","data":"x"}""")]
    [InlineData("assistant", """{"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"x"},"caller":{"type":"direct"}}""")]
    [InlineData("assistant", """{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","url":"u","title":"t","encrypted_content":"e"}]}""")]
    [InlineData("assistant", """{"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_tool_result_error","error_code":"unavailable"}}""")]
    [InlineData("assistant", """{"type":"code_execution_tool_result","tool_use_id":"s","content":{"type":"code_execution_result","stdout":"","stderr":"","return_code":0,"content":[]}}""")]
    [InlineData("assistant", """{"type":"bash_code_execution_tool_result","tool_use_id":"s","content":{}}""")]
    [InlineData("assistant", """{"type":"text_editor_code_execution_tool_result","tool_use_id":"s","content":{}}""")]
    [InlineData("assistant", """{"type":"tool_search_tool_result","tool_use_id":"s","content":{"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference","tool_name":"x"}]}}""")]
    [InlineData("assistant", """{"type":"advisor_tool_result","tool_use_id":"s","content":{"type":"advisor_result","text":"x"}}""")]
    [InlineData("assistant", """{"type":"mcp_tool_use","id":"m","name":"n","server_name":"s","input":{}}""")]
    [InlineData("assistant", """{"type":"mcp_tool_result","tool_use_id":"m","content":"x","is_error":false}""")]
    [InlineData("assistant", """{"type":"mcp_tool_listing","mcp_server_name":"s","tools":[]}""")]
    [InlineData("assistant", """{"type":"compaction","content":null}""")]
    [InlineData("assistant", """{"type":"fallback","from":{"model":"a"},"to":{"model":"b"}}""")]
    [InlineData("system", """{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"x","input_schema":{}}}}""")]
    [InlineData("system", """{"type":"tool_removal","tool":{"type":"tool_reference","name":"x"}}""")]
    public void Every_block_of_the_api_is_taken(string role, string block)
    {
        var request = Parse($$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"go"},{"content":[{{block}}],"role":"{{role}}"}]}""");
        Assert.Single(request.Messages[1].Content);
    }

    [Fact]
    public void Everything_that_claude_code_and_the_sdks_may_send_beside_is_taken()
    {
        var request = Parse("""
            {"model":"m","max_tokens":64000.0,"stream":null,"system":[{"type":"text","text":"a"}],"stop_sequences":["x"],"metadata":{"user_id":"u"},"temperature":1,"top_p":0.9,"top_k":5,
             "thinking":{"type":"adaptive","display":"omitted","block_binding":{}},"output_config":{"effort":"xhigh","format":{"type":"json_schema","schema":{"type":"object"}},"task_budget":{"type":"tokens","total":5}},
             "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":"all"},{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":5},"keep":{"type":"tool_uses","value":1},"clear_tool_inputs":["x"]}]},
             "cache_control":{"type":"ephemeral"},"container":null,"diagnostics":{"previous_message_id":null},"inference_geo":null,"service_tier":"auto","speed":"standard","mcp_servers":[],"fallbacks":"default","billing_policy":null,"safeguards":{"x":1},
             "tools":[{"type":"bash_20250124","name":"bash"},{"type":"computer_toolset_20260801"},{"type":"web_search_20260318","name":"web_search","max_uses":8},{"type":null,"name":"t","input_schema":{"type":"object"},"strict":true,"defer_loading":true,"eager_input_streaming":true,"input_examples":[{}],"allowed_callers":["direct"]}],
             "tool_choice":{"type":"auto","disable_parallel_tool_use":true},
             "messages":[{"role":"user","content":"hi"},{"role":"system","output_config":{"effort":"low"}}]}
            """);
        Assert.Equal(64000, request.MaxTokens);
        Assert.Equal("low", request.Effort);
        Assert.Equal(ThinkingDisplay.Omitted, request.Thinking!.Display);
        Assert.Equal([ToolKind.AnthropicClient, ToolKind.AnthropicClient, ToolKind.Server, ToolKind.Custom], request.Tools.Select(tool => tool.Kind));
        Assert.True(request.Tools[3] is { Strict: true, DeferLoading: true });
        Assert.True(request.ContextEdits[0].KeepAll);
        Assert.Equal((5, 1), (request.ContextEdits[1].TriggerTokens, request.ContextEdits[1].Keep));
        Assert.Contains("safeguards", request.IgnoredFields);
        Assert.Contains("output_config.task_budget", request.IgnoredFields);
    }

    [Fact]
    public void The_input_of_a_call_keeps_its_bytes()
    {
        const string input = """{"z":1.50,"a":[ 1, 2 ],"\u00e4":"\u003c"}""";
        var request = Parse("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"go"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":""" + input + """}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"}]}]}""");
        Assert.Equal(input, Encoding.UTF8.GetString(((ToolUseBlock)request.Messages[1].Content[0]).Input.Span));
    }

    [Fact]
    public void Whatever_comes_the_parser_answers_or_refuses()
    {
        var recorded = Encoding.UTF8.GetBytes("""{"model":"m","max_tokens":1,"system":"s","tools":[{"name":"t","input_schema":{"a":[1]}}],"messages":[{"role":"user","content":[{"type":"text","text":"a\u00e4"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]}]}""");
        var damage = Gen.Two(Gen.Choose(0, recorded.Length - 1)).Zip(Gen.Choose(0, 255));
        Prop.ForAll(Arb.From(damage), change =>
        {
            var ((at, end), value) = change;
            var body = recorded.ToArray();
            body[at] = (byte)value;
            foreach (var candidate in (byte[][])[body, recorded[..end]])
            {
                try
                {
                    MessagesParser.Parse(candidate);
                }
                catch (InvalidRequestException)
                {
                    // The only exception that it may throw.
                }
            }
        }).Check(Seeded.Config);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("tab\t quote\" back\\slash \u0001 ü 👋 \u2028")]
    [InlineData("")]
    public void Text_survives_escaping(string text) => Assert.Equal(text, JsonText.From(text).ToString());

    [Theory]
    [InlineData("<system-reminder>\\nx", true)]
    [InlineData("\\u003Csystem-reminder\\u003ex", true)]
    [InlineData("\\u003csystem", false)]
    [InlineData("\\u0041system-reminder>", false)]
    [InlineData("", false)]
    public void A_beginning_is_recognised_however_it_is_escaped(string escaped, bool starts) =>
        Assert.Equal(starts, new JsonText(Encoding.UTF8.GetBytes(escaped)).StartsWith("<system-reminder>"u8));

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("a\uFFFDb👋", new JsonText("a\\ud83db\\ud83d\\udc4b"u8.ToArray()).ToString());

    private static MessagesRequest Parse(string body) => MessagesParser.Parse(Encoding.UTF8.GetBytes(body));

    private static InvalidRequestException Refusal(string body) => Assert.Throws<InvalidRequestException>(() => Parse(body));
}
