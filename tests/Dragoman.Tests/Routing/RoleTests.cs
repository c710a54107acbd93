using Dragoman.Routing;

namespace Dragoman.Tests.Routing;

/// <summary>What a request is for, told from requests that Claude Code really sent.</summary>
public sealed class RoleTests
{
    private const string AllRoles = """
        {
          "models": { "claude-*": "main/map" },
          "roles": {
            "background": "small", "subagent": "other/sub", "thinking": "deep", "image": "other/eyes", "webSearch": "other/search",
            "longContext": { "above": 60000, "use": ["other/long", "main/longer"] }
          }
        }
        """;

    private const string Image = """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}""";

    [Theory]
    [InlineData("claude-code-first-request", "role thinking (adaptive)", "main/deep")]
    [InlineData("claude-code-interactive-first-request", "role thinking (adaptive)", "main/deep")]
    [InlineData("claude-code-tool-results", "role thinking (adaptive)", "main/deep")]
    [InlineData("claude-code-after-tool-search", "role thinking (adaptive)", "main/deep")]
    [InlineData("claude-code-cut-off", "role thinking (adaptive)", "main/deep")]
    [InlineData("claude-code-title", "role background (title request)", "main/small")]
    [InlineData("claude-code-subagent", "role subagent (sub-agent)", "other/sub")]
    [InlineData("claude-code-web-search", "role webSearch (web_search_20250305)", "other/search")]
    [InlineData("claude-code-count-tokens-text", "models \"claude-*\"", "main/map")]
    [InlineData("claude-code-count-tokens-tools", "models \"claude-*\"", "main/map")]
    public async Task Recorded_requests_of_Claude_Code_get_their_roles(string name, string reason, string target)
    {
        var route = await new RoutingWorld(AllRoles).RouteAsync(RoutingWorld.Recorded(name));
        Assert.Equal((reason, target), (route.Reason, route.Targets[0].ToString()));
    }

    [Theory]
    [InlineData("auxiliary", "", "role background (side request (x-claude-code-request-class: auxiliary))")]
    [InlineData("main", "", "models \"claude-*\"")]
    [InlineData("compaction", "", "models \"claude-*\"")]
    [InlineData("side_reply", "", "models \"claude-*\"")]
    [InlineData("auxiliary", "\"stop_sequences\":[\"</block>\"],", "models \"claude-*\"")]
    [InlineData("auxiliary", "\"tools\":[{\"name\":\"Bash\",\"input_schema\":{\"type\":\"object\"}}],", "models \"claude-*\"")]
    [InlineData("workflow", "", "role subagent (sub-agent)")]
    [InlineData("", "", "models \"claude-*\"")]
    public async Task Where_Claude_Code_says_what_a_request_is_that_is_believed(string kind, string fields, string reason)
    {
        string[] headers = kind.Length == 0 ? ["X-Claude-Code-Session-Id", "s"] : ["X-Claude-Code-Session-Id", "s", "X-Claude-Code-Request-Class", kind];
        Assert.Equal(reason, (await new RoutingWorld(AllRoles).RouteAsync(RoutingWorld.Ask(fields: fields, headers: headers))).Reason);
    }

    [Fact]
    public async Task A_probe_is_background_and_the_same_of_another_client_is_not()
    {
        const string probe = """{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"quota"}]}""";
        var world = new RoutingWorld(AllRoles);
        Assert.Equal("role background (probe (max_tokens 1))", (await world.RouteAsync(RoutingWorld.Parse(probe, "X-Claude-Code-Session-Id", "s"))).Reason);
        Assert.Equal("models \"claude-*\"", (await world.RouteAsync(RoutingWorld.Parse(probe))).Reason);
    }

    [Fact]
    public async Task A_conversation_of_Claude_Code_without_tools_and_thinking_is_no_background_call()
    {
        // As `claude -p --tools ""` sends it with thinking and betas switched off.
        const string plain = """{"model":"claude-opus-5-5","max_tokens":128000,"system":"You are an agent.","output_config":{"effort":"medium"},"stream":true,"messages":[{"role":"user","content":"hi"}]}""";
        Assert.Equal("models \"claude-*\"", (await new RoutingWorld(AllRoles).RouteAsync(RoutingWorld.Parse(plain, "X-Claude-Code-Session-Id", "s"))).Reason);
    }

    [Fact]
    public async Task A_side_request_of_a_sub_agent_is_background()
    {
        var title = RoutingWorld.Recorded("claude-code-title", "x-claude-code-agent-id", "a1");
        Assert.Equal("main/small", await new RoutingWorld(AllRoles).TargetsAsync(title));
    }

    [Fact]
    public async Task A_model_named_for_a_sub_agent_wins_over_its_role_and_an_inherited_one_does_not()
    {
        var world = new RoutingWorld(AllRoles);
        await world.RouteAsync(RoutingWorld.Recorded("claude-code-first-request"));
        var inherited = RoutingWorld.Recorded("claude-code-subagent");
        Assert.Equal("role subagent (sub-agent with the main conversation's model)", (await world.RouteAsync(inherited)).Reason);
        // Dates and context suffixes are no other model.
        Assert.Equal("subagent", (await world.RouteAsync(inherited with { Model = "claude-opus-5-5-20261101[1m]" })).Role);
        var named = (await world.RouteAsync(inherited with { Model = "claude-haiku-4-5", Thinking = null }));
        Assert.Equal(("models \"claude-*\"", null), (named.Reason, named.Role));
        // A session of its own: nothing is known of another one's model.
        Assert.Equal("subagent", (await world.RouteAsync(RoutingWorld.Ask(model: "claude-haiku-4-5", headers: ["x-claude-code-session-id", "other", "x-claude-code-agent-id", "a"]))).Role);
    }

    [Theory]
    [InlineData("other/anything", "other/anything")]
    [InlineData("anthropic/other/anything", "other/anything")]
    [InlineData("here", "main/here")]
    [InlineData("unheard-of", "main/unheard-of")]
    public async Task Roles_stand_in_for_Claudes_names_only(string asked, string target)
    {
        var request = RoutingWorld.Recorded("claude-code-title") with { Model = asked };
        Assert.Equal(target, await new RoutingWorld(AllRoles).TargetsAsync(request));
    }

    [Theory]
    [InlineData("[{\"role\":\"user\",\"content\":[IMAGE]}]", true)]
    [InlineData("[{\"role\":\"user\",\"content\":[IMAGE,{\"type\":\"text\",\"text\":\"a\"}]},{\"role\":\"assistant\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"c\"}]", true)]
    [InlineData("[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"Read\",\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":[IMAGE]}]}]", true)]
    [InlineData("[{\"role\":\"user\",\"content\":\"image\"}]", false)]
    public async Task An_image_anywhere_in_the_conversation_counts(string messages, bool image)
    {
        var request = RoutingWorld.Parse($$"""{"model":"claude-opus-5-5","max_tokens":10,"messages":{{messages.Replace("IMAGE", Image, StringComparison.Ordinal)}}}""");
        Assert.Equal(image ? "other/eyes" : "main/map", await new RoutingWorld(AllRoles).TargetsAsync(request));
    }

    [Fact]
    public async Task A_request_above_the_limit_goes_to_the_models_with_long_contexts_in_their_order()
    {
        var world = new RoutingWorld(AllRoles);
        var large = RoutingWorld.Ask(content: string.Join(' ', Enumerable.Repeat("word", 60_001)));
        var route = await world.RouteAsync(large);
        Assert.Equal("role longContext (about 60,005 tokens, above 60,000)", route.Reason);
        Assert.Equal(["other/long", "main/longer"], route.Targets.Select(target => target.ToString()));
        Assert.Equal("main/map", await world.TargetsAsync(RoutingWorld.Ask(content: string.Join(' ', Enumerable.Repeat("word", 59_996)))));
    }

    /// <summary>Near the limit a conversation would lose the caches of both models with each turn.</summary>
    [Fact]
    public async Task A_conversation_that_was_above_the_limit_stays_until_it_is_clearly_below()
    {
        const string fields = "\"metadata\":{\"user_id\":\"user_a_account_b_session_c\"},";
        var world = new RoutingWorld(AllRoles);
        Assert.Equal("models \"claude-*\"", await Reason(59_000));
        Assert.Equal("role longContext (about 61,000 tokens, above 60,000)", await Reason(61_000));
        Assert.Equal("role longContext (about 59,000 tokens, was above 60,000 and stays above 48,000)", await Reason(59_000));
        // A side request of the session neither follows the conversation nor speaks for it, and a sub-agent is a conversation of its own.
        Assert.Equal("models \"claude-*\"", await Reason(50_000, first: "Summarize this page."));
        Assert.Equal("models \"claude-*\"", await Reason(50, first: "Find a title."));
        Assert.Equal("role subagent (sub-agent)", await Reason(59_000, "hi", "x-claude-code-agent-id", "a"));
        Assert.StartsWith("role longContext (about 48,001", await Reason(48_001), StringComparison.Ordinal);
        Assert.Equal("models \"claude-*\"", await Reason(48_000));
        // Back, it must be above the limit again.
        Assert.Equal("models \"claude-*\"", await Reason(59_000));

        async Task<string> Reason(int tokens, string first = "hi", params string[] headers)
        {
            string Body(int words) => $$"""{"model":"claude-x","max_tokens":10,{{fields}}"messages":[{"role":"user","content":"{{first}}"},{"role":"assistant","content":"ok"},{"role":"user","content":"{{string.Join(' ', Enumerable.Repeat("word", words))}}"}]}""";
            var rest = world.Tokens.Estimate(RoutingWorld.Parse(Body(1)), "main/map").Tokens - 1;
            var request = RoutingWorld.Parse(Body(tokens - rest), headers);
            Assert.Equal(tokens, world.Tokens.Estimate(request, "main/map").Tokens);
            return (await world.RouteAsync(request)).Reason;
        }
    }

    [Fact]
    public async Task The_size_is_counted_once_and_in_tokens_of_the_model_that_the_name_leads_to()
    {
        var world = new RoutingWorld(AllRoles);
        var request = RoutingWorld.Ask(content: string.Join(' ', Enumerable.Repeat("word", 40_000)));
        Assert.Equal("main/map", await world.TargetsAsync(request));
        var counted = request.Counted;
        Assert.Equal(40_004, world.Tokens.Estimate(request, "other/long").Counted);
        Assert.Same(counted, request.Counted);
        // A copy with another conversation is another prompt.
        Assert.Equal(0, world.Tokens.Estimate(request with { Messages = [] }, "other/long").Counted);
        for (var i = 0; i < 10; i++) world.Tokens.Observe("main/map", counted: 1000, realInputTokens: 2000);
        Assert.Equal("other/long, main/longer", await world.TargetsAsync(request));
    }

    [Fact]
    public async Task What_a_request_needs_comes_before_what_it_is_for()
    {
        var world = new RoutingWorld(AllRoles);
        var words = string.Join(' ', Enumerable.Repeat("word", 61_000));
        const string search = "\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}],\"thinking\":{\"type\":\"adaptive\"},";
        string[] agent = ["x-claude-code-session-id", "s", "x-claude-code-agent-id", "a"];
        string Content(string text, bool image) => $$"""{"model":"claude-x","max_tokens":10,FIELDS"messages":[{"role":"user","content":[{"type":"text","text":"{{text}}"}{{(image ? "," + Image : "")}}]}]}""";
        async Task<string?> RoleOf(string text, bool image, string fields) => (await world.RouteAsync(RoutingWorld.Parse(Content(text, image).Replace("FIELDS", fields, StringComparison.Ordinal), agent))).Role;
        Assert.Equal("webSearch", await RoleOf(words, image: true, search));
        Assert.Equal("longContext", await RoleOf(words, image: true, ""));
        Assert.Equal("image", await RoleOf("hi", image: true, ""));
        Assert.Equal("background", await RoleOf("hi", image: false, "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}},"));
        Assert.Equal("subagent", await RoleOf("hi", image: false, "\"thinking\":{\"type\":\"adaptive\"},"));
        Assert.Equal(["webSearch", "longContext", "image", "background", "subagent", "thinking"], world.Router.Roles.All.Select(role => role.Name));
    }

    [Fact]
    public async Task A_search_tool_that_must_not_be_called_asks_for_no_search()
    {
        const string fields = "\"tools\":[{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}],\"tool_choice\":{\"type\":\"none\"},";
        Assert.Equal("main/map", await new RoutingWorld(AllRoles).TargetsAsync(RoutingWorld.Ask(fields: fields)));
    }

    [Fact]
    public void Sessions_are_remembered_up_to_a_limit()
    {
        var sessions = new SessionMemory();
        sessions.SawMainTurn("first", "a");
        sessions.SawSize(0, isLong: true);
        for (var i = 1; i <= 1500; i++) See(i, isLong: true);
        Assert.Equal(("a", true), (sessions.MainModel("first"), sessions.WasLong(0)));
        // What was never long takes no place from what was.
        for (var i = 10_001; i <= 13_000; i++) sessions.SawSize((ulong)i, isLong: false);
        Assert.True(sessions.WasLong(0));
        for (var i = 1501; i <= 3000; i++) See(i, isLong: true);
        Assert.Equal((null, false), (sessions.MainModel("first"), sessions.WasLong(0)));
        Assert.Equal(("b", true), (sessions.MainModel("session 3000"), sessions.WasLong(3000)));

        void See(int i, bool isLong)
        {
            sessions.SawMainTurn($"session {i}", "b");
            sessions.SawSize((ulong)i, isLong);
        }
    }
}
