using System.Text.Json;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.Tests.Cli;

/// <summary><c>dragoman models</c>, <c>pull</c>, <c>warm</c> and <c>unload</c>: the real program in front of simulated upstreams.</summary>
public sealed class ModelsTests
{
    [Fact(Timeout = 120_000)]
    public async Task The_table_is_the_one_of_the_documents()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent() with { VramShare = 0.62 });
        await using var router = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = ServerKind.OpenRouter, Model = "z-ai/glm-4.7" });
        var folder = ProgramFolder.With($$"""
            { "providers": { "ollama": { "url": "{{ollama.Url}}" }, "openrouter": { "type": "openai", "url": "{{router.Url}}", "apiKey": "sk-simulated", "dialect": "openrouter" }, "lmstudio": { "type": "openai", "url": "http://127.0.0.1:1/v1" } },
              "models": { "claude-opus-*": "openrouter/z-ai/glm-4.7", "*": "ollama/qwen3-coder:30b" } }
            """);
        Assert.Equal(0, (await ProgramFolder.RunAsync(folder, "warm", "qwen3-coder:30b")).ExitCode);
        var outcome = await ProgramFolder.RunAsync(folder, "models");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("$1/$2", outcome.Output);
        Documented.Holds("docs/cli.md", "dragoman models", outcome.Output);
        Assert.DoesNotContain("\e[", outcome.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Json_has_everything_and_a_provider_that_cannot_be_asked_is_an_entry()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" }, "other": { "type": "ollama", "url": "http://127.0.0.1:1" } } }""");
        await ProgramFolder.RunAsync(folder, "warm", "qwen3:8b");
        var outcome = await ProgramFolder.RunAsync(folder, "models", "--json");
        using var json = JsonDocument.Parse(outcome.Output);
        var models = json.RootElement.GetProperty("models").EnumerateArray().ToList();
        Assert.Equal(8, models.Count);
        var qwen = models.Single(model => model.GetProperty("model").GetString() == "qwen3:8b");
        Assert.Equal(["tools", "thinking"], qwen.GetProperty("capabilities").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal((4_920_753_328, 32_768), (qwen.GetProperty("loaded").GetProperty("vramBytes").GetInt64(), qwen.GetProperty("loaded").GetProperty("contextTokens").GetInt32()));
        var failure = Assert.Single(json.RootElement.GetProperty("failures").EnumerateArray());
        Assert.Equal("other", failure.GetProperty("provider").GetString());
        Assert.Contains("ollama serve", failure.GetProperty("reason").GetString());
        Assert.Empty(JsonDocument.Parse((await ProgramFolder.RunAsync(folder, "models", "--json", "--provider", "ollama")).Output).RootElement.GetProperty("failures").EnumerateArray());
        var down = await ProgramFolder.RunAsync(folder, "models", "--provider", "other");
        Assert.True(down.ExitCode == 1, down.ToString());
        Assert.Equal(2, (await ProgramFolder.RunAsync(folder, "models", "--provider", "nobody")).ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_warm_model_is_loaded_as_requests_want_it_and_unload_takes_it_out()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}", "models": { "qwen3:8b": { "options": { "num_gpu": 20 } } } } } }""");
        var warm = await ProgramFolder.RunAsync(folder, "warm", "ollama/qwen3:8b");
        Assert.Contains("qwen3:8b is loaded: 4.9 GB, 100% on the GPU, context 32k", warm.Output);
        var request = Path.Combine(folder, "request.json");
        await File.WriteAllTextAsync(request, """{"model":"qwen3:8b","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""");
        Assert.Equal(0, (await ProgramFolder.RunAsync(folder, "replay", request)).ExitCode);
        Assert.Equal(1, ollama.Loads("qwen3:8b"));
        Assert.Equal(0, (await ProgramFolder.RunAsync(folder, "unload", "qwen3:8b")).ExitCode);
        Assert.DoesNotContain("GPU", (await ProgramFolder.RunAsync(folder, "models")).Output);
        var missing = await ProgramFolder.RunAsync(folder, "warm", "nothing:1b");
        Assert.Equal((1, ""), (missing.ExitCode, missing.Output));
        Assert.Contains("ollama pull nothing:1b", missing.Errors);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pull_tells_its_progress_in_lines_when_nobody_watches()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent() with { Pullable = [new SimulatedModel { Name = "tiny:1b", Size = 1_000_000_000 }] });
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "pull", "tiny:1b");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Matches("""
            ^pulling manifest
            pulling [0-9a-f]{12}: 25 % of 1.0 GB
            pulling [0-9a-f]{12}: 50 % of 1.0 GB
            pulling [0-9a-f]{12}: 75 % of 1.0 GB
            pulling [0-9a-f]{12}: 100 % of 1.0 GB
            verifying sha256 digest
            writing manifest
            success
            tiny:1b is there
            $
            """.ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n$", "$"), outcome.Output.TrimEnd('\n'));
        Assert.Contains("tiny:1b", (await ProgramFolder.RunAsync(folder, "models")).Output);
        var missing = await ProgramFolder.RunAsync(folder, "pull", "nothing:1b");
        Assert.True(missing.ExitCode == 1, missing.ToString());
        Assert.Contains("there is no model 'nothing:1b' to download", missing.Errors);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ctrl_C_ends_a_pull_and_nothing_else()
    {
        if (OperatingSystem.IsWindows()) return;
        var gate = new TaskCompletionSource();
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent() with { Pullable = [new SimulatedModel { Name = "tiny:1b" }], PullGate = gate.Task });
        var folder = ProgramFolder.With($$"""{ "providers": { "ollama": { "url": "{{ollama.Url}}" } } }""");
        using var program = RunningProgram.Start(["pull", "tiny:1b"], folder: folder);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!program.Output.Contains("25 %", StringComparison.Ordinal)) await Task.Delay(20, limit.Token);
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{program.Id}"])!) await kill.WaitForExitAsync(limit.Token);
        var outcome = await program.EndAsync();
        Assert.True(outcome.ExitCode == 130, outcome.ToString());
        Assert.Contains("Interrupted.", outcome.Errors);
        gate.SetResult();
        Assert.Equal(0, (await ProgramFolder.RunAsync(folder, "pull", "tiny:1b")).ExitCode);
    }
}
