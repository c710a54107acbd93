using System.CommandLine;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.Cli;

/// <summary><c>dragoman route</c> against a simulated Ollama, which must not be asked for an answer.</summary>
[Collection(nameof(ServeOptionsTests))]
public sealed class RouteCommandTests
{
    private const string Request = """{"model":"claude-opus-5-5[1m]","max_tokens":100,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"Hello, <you>"}]}""";

    [Fact]
    public async Task It_prints_the_decision_and_the_body_and_sends_nothing()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var (exit, output, errors) = await RunAsync(ollama, "--explain", File(Request));
        Assert.Equal((0, ""), (exit, errors));
        Assert.Contains("asked            claude-opus-5-5[1m], which is claude-opus-5-5\n", output);
        Assert.Contains("by name          models \"claude-*\": ollama/qwen3:8b, ollama/not-there\n", output);
        Assert.Contains("role background  no: no side request of Claude Code\n", output);
        Assert.Contains("role thinking    yes: adaptive\n", output);
        Assert.Contains("route            role thinking (adaptive)\n", output);
        Assert.Contains("target           ollama/qwen3:8b, context ", output);
        Assert.Contains("body, not sent:\n{\n  \"model\": \"qwen3:8b\",\n", output);
        Assert.Contains("Hello, <you>", output);
        Assert.Empty(ollama.ChatRequests);
    }

    [Fact]
    public async Task As_JSON_it_is_one_object()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var (exit, output, _) = await RunAsync(ollama, "--json", File(Request), "--header", "x-claude-code-session-id: s", "-H", "x-claude-code-agent-id: a");
        Assert.Equal(0, exit);
        using var json = JsonDocument.Parse(output);
        var route = json.RootElement.GetProperty("route");
        Assert.Equal(("role subagent (sub-agent), spread", "subagent", "x-claude-code-session-id"), (route.GetProperty("reason").GetString(), route.GetProperty("role").GetString(), route.GetProperty("keptBy").GetString()));
        Assert.Equal(2, json.RootElement.GetProperty("targets").GetArrayLength());
        Assert.Equal("Hello, <you>", json.RootElement.GetProperty("body").GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
        Assert.Equal(["webSearch", "longContext", "image", "background", "subagent", "thinking"], json.RootElement.GetProperty("roles").EnumerateArray().Select(role => role.GetProperty("role").GetString()));
        Assert.Empty(ollama.ChatRequests);
    }

    [Fact]
    public async Task A_model_alone_gives_its_targets_a_line_each()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        Assert.Equal((0, "ollama/qwen3:8b\nollama/not-there\n", ""), await RunAsync(ollama, "--model", "claude-x"));
        Assert.Equal((0, "ollama/llama3.1:8b\n", ""), await RunAsync(ollama, "--model", "ollama/llama3.1:8b"));
    }

    [Theory]
    [InlineData("not json", 1, "not valid JSON")]
    [InlineData("{\"model\":\"claude-x\",\"max_tokens\":1,\"messages\":[]}", 1, "messages")]
    [InlineData("{\"model\":\"ollama/llama3.1:8b\",\"max_tokens\":2000,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}", 1, "ollama/llama3.1:8b: ")]
    public async Task What_cannot_be_sent_ends_with_1_and_says_why(string request, int expected, string said)
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent() with { Models = [new() { Name = "qwen3:8b", Capabilities = ["completion", "tools", "thinking"] }, new() { Name = "llama3.1:8b", Capabilities = ["completion", "tools"] }] });
        var (exit, _, errors) = await RunAsync(ollama, "--explain", File(request));
        Assert.Equal(expected, exit);
        Assert.Contains(said, errors);
    }

    [Fact]
    public async Task Wrong_settings_end_with_2_and_a_missing_file_or_none_with_1()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var (exit, _, errors) = await RunAsync(ollama, "--model", "x", "-m", """{"a":3}""");
        Assert.Equal(2, exit);
        Assert.Contains("models.a: expected a model", errors);
        Assert.Equal(1, (await RunAsync(ollama, "--explain", "/nowhere.json")).Exit);
        Assert.Contains("--model", (await RunAsync(ollama)).Errors);
    }

    private static async Task<(int Exit, string Output, string Errors)> RunAsync(SimulatedOllama ollama, params string[] arguments)
    {
        var config = File($$"""
            {
              "providers": { "ollama": { "url": "{{ollama.Url}}" } },
              "models": { "claude-*": ["qwen3:8b", "not-there"] },
              "roles": { "background": "qwen3:8b", "thinking": ["qwen3:8b", "not-there"], "subagent": { "use": ["qwen3:8b", { "model": "ollama/qwen3:8b", "weight": 0 }], "strategy": "spread" } }
            }
            """);
        var root = new RootCommand();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        RouteCommand.AddTo(root, output, errors);
        var exit = await root.Parse(["route", "--config", config, .. arguments]).InvokeAsync();
        return (exit, output.ToString(), errors.ToString().TrimEnd());
    }

    private static string File(string content)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-route-").FullName, "request.json");
        System.IO.File.WriteAllText(file, content);
        return file;
    }
}
