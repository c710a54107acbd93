using System.Text.Json;
using Dragoman.Providers;

namespace Dragoman.Tests.Http;

public sealed class ModelListTests
{
    private static readonly ScriptedProvider Upstream = new((_, _) => throw new InvalidOperationException("nobody asks"))
    {
        Models =
        [
            new ModelInfo { Name = "old:1b", CreatedAt = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            new ModelInfo { Name = "hf.co/org/new:7b", CreatedAt = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero), MaxInputTokens = 32768, MaxOutputTokens = 8192, Vision = true, Thinking = true, Effort = true, StructuredOutputs = true, Tools = true },
            new ModelInfo { Name = "mine:latest", Aliases = ["mine"], CreatedAt = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            new ModelInfo { Name = "embed", Generates = false },
        ],
    };

    [Fact]
    public async Task The_newest_models_come_first_then_the_mapped_names_and_nothing_that_does_not_write()
    {
        await using var gateway = await StartAsync();
        var ids = Ids(await PageAsync(gateway, "?limit=1000"));
        Assert.Equal(["hf.co/org/new:7b", "mine:latest", "old:1b", "m", "claude-opus-4-5"], ids.Take(5));
        Assert.DoesNotContain("embed", ids);
    }

    [Fact]
    public async Task Pages_lead_through_the_whole_list_forwards_and_backwards()
    {
        await using var gateway = await StartAsync();
        var all = Ids(await PageAsync(gateway, "?limit=1000"));
        Assert.Equal(12, all.Count);
        var forwards = new List<string>();
        for (var (more, cursor) = (true, ""); more;)
        {
            var page = await PageAsync(gateway, $"?limit=5{cursor}");
            Assert.Equal(Ids(page)[0], page.GetProperty("first_id").GetString());
            forwards.AddRange(Ids(page));
            (more, cursor) = (page.GetProperty("has_more").GetBoolean(), $"&after_id={Uri.EscapeDataString(page.GetProperty("last_id").GetString()!)}");
        }

        Assert.Equal(all, forwards);
        var backwards = new List<string>();
        for (var (more, cursor) = (true, all[^1]); more;)
        {
            var page = await PageAsync(gateway, $"?limit=5&before_id={Uri.EscapeDataString(cursor)}");
            backwards.InsertRange(0, Ids(page));
            (more, cursor) = (page.GetProperty("has_more").GetBoolean(), page.GetProperty("first_id").GetString()!);
        }

        Assert.Equal(all[..^1], backwards);
    }

    [Theory]
    [InlineData("?limit=1", 1, true)]
    [InlineData("?limit=12", 12, false)]
    [InlineData("", 12, false)]
    [InlineData("?lifecycle%5B%5D=active", 12, false)]
    [InlineData("?lifecycle%5B%5D=retired&lifecycle%5B%5D=active", 12, false)]
    [InlineData("?lifecycle%5B%5D=retired", 0, false)]
    public async Task A_page_says_whether_there_is_more(string query, int count, bool more)
    {
        await using var gateway = await StartAsync();
        var page = await PageAsync(gateway, query);
        Assert.Equal(count, page.GetProperty("data").GetArrayLength());
        Assert.Equal(more, page.GetProperty("has_more").GetBoolean());
        Assert.Equal(count == 0 ? JsonValueKind.Null : JsonValueKind.String, page.GetProperty("last_id").ValueKind);
    }

    [Theory]
    [InlineData("?limit=1001")]
    [InlineData("?limit=x")]
    [InlineData("?after_id=no-such-model")]
    [InlineData("?before_id=no-such-model")]
    public async Task A_page_that_cannot_be_is_refused(string query)
    {
        await using var gateway = await StartAsync();
        var (status, body) = await gateway.GetAsync("/v1/models" + query);
        Assert.Equal(400, status);
        Assert.Equal("invalid_request_error", body.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_model_has_every_key_that_the_csharp_sdk_insists_on()
    {
        await using var gateway = await StartAsync();
        var (_, model) = await gateway.GetAsync("/v1/models/hf.co/org/new:7b");
        Assert.Equal(
            """{"type":"model","id":"hf.co/org/new:7b","display_name":"hf.co/org/new:7b","created_at":"2026-02-03T04:05:06Z","lifecycle":"active","deprecated_at":null,"retires_at":null,"line":null,"max_input_tokens":32768,"max_tokens":8192,"capabilities":{"batch":{"supported":false},"citations":{"supported":false},"code_execution":{"supported":false},"context_management":{"supported":true,"clear_thinking_20251015":{"supported":true},"clear_tool_uses_20250919":{"supported":true},"compact_20260112":{"supported":false}},"effort":{"supported":true,"low":{"supported":true},"medium":{"supported":true},"high":{"supported":true},"max":{"supported":true},"xhigh":{"supported":true}},"image_input":{"supported":true},"pdf_input":{"supported":true},"server_tools":{"supported":false,"code_execution":{"supported":false},"web_search":{"supported":false}},"structured_outputs":{"supported":true},"thinking":{"supported":true,"types":{"adaptive":{"supported":true},"between_tools":{"supported":false},"disabled":{"supported":true},"enabled":{"supported":true}}}}}""",
            model.GetRawText());
    }

    [Theory]
    [InlineData("", "null")]
    [InlineData(""","lifecycle":null,"created_at":1760000000,"display_name":{},"max_tokens":"many","capabilities":null""", "null")]
    [InlineData(""","capabilities":{}""", "false")]
    [InlineData(""","capabilities":{"batch":null,"effort":{"supported":true,"xhigh":null},"thinking":{"supported":false,"types":{"enabled":{"supported":false}}},"new":{"supported":true}}""", "true")]
    public async Task A_model_of_another_server_has_every_key_too(string fields, string effort)
    {
        var raw = $$"""{"id":"theirs","type":"model"{{fields}},"owned_by":"them"}""";
        var upstream = new ScriptedProvider((_, _) => throw new InvalidOperationException("nobody asks"))
        {
            Models = [Upstream.Models[1], new ModelInfo { Name = "theirs", Raw = System.Text.Encoding.UTF8.GetBytes(raw) }],
        };
        await using var gateway = await ScriptedGateway.StartAsync(upstream);
        var own = (await gateway.GetAsync("/v1/models/hf.co/org/new:7b")).Body;
        var model = (await gateway.GetAsync("/v1/models/theirs")).Body;
        AssertWhole(own, model);
        Assert.Equal(("theirs", "model", "them", "active"), (model.GetProperty("id").GetString(), model.GetProperty("type").GetString(), model.GetProperty("owned_by").GetString(), model.GetProperty("lifecycle").GetString()));
        var capabilities = model.GetProperty("capabilities");
        Assert.Equal(effort, capabilities.ValueKind == JsonValueKind.Null ? "null" : capabilities.GetProperty("effort").GetProperty("supported").GetRawText());
        if (effort != "true") return;
        Assert.Equal("""{"supported":true}""", capabilities.GetProperty("new").GetRawText());
        Assert.Equal(JsonValueKind.Null, capabilities.GetProperty("effort").GetProperty("xhigh").ValueKind);
    }

    // Every key of an own model is there once, with a value of the same kind, or null where the type allows it.
    private static void AssertWhole(JsonElement own, JsonElement other)
    {
        string[] nullable = ["deprecated_at", "retires_at", "line", "max_input_tokens", "max_tokens", "capabilities", "clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112", "xhigh"];
        foreach (var field in own.EnumerateObject())
        {
            var value = Assert.Single(other.EnumerateObject(), candidate => candidate.NameEquals(field.Name)).Value;
            if (value.ValueKind == JsonValueKind.Null) Assert.Contains(field.Name, nullable);
            else if (field.Name == "supported") Assert.True(value.ValueKind is JsonValueKind.True or JsonValueKind.False);
            else Assert.Equal(field.Value.ValueKind, value.ValueKind);
            if (value.ValueKind == JsonValueKind.Object) AssertWhole(field.Value, value);
        }
    }

    [Theory]
    [InlineData("hf.co%2Forg%2Fnew:7b", "hf.co/org/new:7b", null)]
    [InlineData("anthropic/hf.co/org/new:7b", "anthropic/hf.co/org/new:7b", null)]
    [InlineData("anthropic%2Ffirst%2Fold:1b", "anthropic/first/old:1b", null)]
    [InlineData("first/old:1b", "first/old:1b", null)]
    [InlineData("mine", "mine", null)]
    [InlineData("anthropic/mine", "anthropic/mine", null)]
    [InlineData("m", "m", null)]
    [InlineData("claude-opus-4-5", "claude-opus-4-5", "opus")]
    [InlineData("claude-haiku-9-9%5B1m%5D", "claude-haiku-9-9[1m]", "haiku")]
    [InlineData("claude-fable-5", "claude-fable-5", null)]
    public async Task A_model_is_found_by_every_name_that_a_request_may_use(string path, string id, string? line)
    {
        await using var gateway = await StartAsync();
        var (status, model) = await gateway.GetAsync("/v1/models/" + path);
        Assert.Equal(200, status);
        Assert.Equal(id, model.GetProperty("id").GetString());
        Assert.Equal(line, model.GetProperty("line").GetString());
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("hf.co/org")]
    [InlineData("embed")]
    public async Task An_unknown_model_is_not_found(string id)
    {
        await using var gateway = await StartAsync();
        var (status, body) = await gateway.GetAsync("/v1/models/" + id);
        Assert.Equal(404, status);
        Assert.Equal($"model: {id}", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("claude-code/2.1.329", true)]
    [InlineData("claude-cli/2.1.329 (external, cli)", true)]
    [InlineData("Anthropic/JS 1.11.0", false)]
    public async Task The_list_for_claude_codes_discovery_holds_only_ids_that_it_keeps(string agent, bool kept)
    {
        await using var gateway = await StartAsync();
        var ids = Ids((await gateway.GetAsync("/v1/models?limit=1000", agent)).Body);
        Assert.Equal(kept, ids.TrueForAll(id => id.Contains("anthropic", StringComparison.Ordinal) || id.Contains("claude", StringComparison.Ordinal)));
    }

    private static Task<ScriptedGateway> StartAsync() => ScriptedGateway.StartAsync(Upstream);

    private static async Task<JsonElement> PageAsync(ScriptedGateway gateway, string query)
    {
        var (status, body) = await gateway.GetAsync("/v1/models" + query);
        Assert.Equal(200, status);
        return body;
    }

    private static List<string> Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
}
