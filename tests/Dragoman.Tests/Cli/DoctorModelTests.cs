using System.Text.Json;
using Dragoman.Cli.Doctor;
using Dragoman.Upstreams.Anthropic;
using Dragoman.Upstreams.Gemini;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Tests.Cli;

/// <summary><c>dragoman doctor</c>: what it says of providers and models. Each finding is provoked once.</summary>
public sealed class DoctorModelTests
{
    private static readonly Func<ChatCall, ChatReply> Works = Examination.Works;

    [Theory(Timeout = 120_000)]
    [InlineData("gemma3:4b", 100_000, "wrong", "it can't call tools")]
    [InlineData("qwen3:8b", 16_000, "wrong", "its context is 16,000 tokens, and Claude Code's first request alone has about 25,000")]
    [InlineData("qwen3:8b", 40_000, "warn", "little room for work")]
    [InlineData("nothing:1b", 40_000, "wrong", "the default model is not there")]
    public async Task A_default_model_that_is_not_fit(string model, int context, string level, string message)
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": {{context}} } }, "models": { "*": "ollama/{{model}}" } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--json");
        var finding = Assert.Single(Examination.Findings(outcome), finding => finding.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal((level, $"ollama/{model}"), (finding.Level, finding.Subject));
        Assert.NotNull(finding.Fix);
        Assert.Equal(level == "wrong" ? 1 : 0, outcome.ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_that_calls_no_tool_and_does_not_think_although_it_says_so()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("No.")));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var findings = Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--deep", "--json"));
        Assert.Contains(findings, finding => finding is { Level: "warn", Message: "did not call the tool that it was told to call; as an agent it would do nothing" });
        Assert.Contains(findings, finding => finding is { Level: "warn", Message: "showed no thinking, although its provider says that it can" });
        Assert.Contains(findings, finding => finding.Level == "ok" && finding.Message.StartsWith("answers; the first token took", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_that_fails()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => ChatReply.HttpError(500, """{"error":"out of memory"}""")));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--deep", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(Examination.Findings(outcome), finding => finding.Level == "wrong" && finding.Message.Contains("out of memory", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_that_another_program_has_loaded_too_small()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        using (var other = new HttpClient { BaseAddress = ollama.Url }) await other.PostAsync("api/chat", new StringContent("""{"model":"qwen3:8b","messages":[],"options":{"num_ctx":4096}}"""));
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3:8b" } }""");
        var finding = Assert.Single(Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")), finding => finding.Message.Contains("another program", StringComparison.Ordinal));
        Assert.Equal(("warn", "dragoman warm ollama/qwen3:8b"), (finding.Level, finding.Fix));
        Assert.Contains("4,096 tokens; the first request loads it anew with 32,768", finding.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_key_and_a_server_without_models()
    {
        await using var empty = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works, Models = [] });
        await using var locked = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent());
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{empty.Url}}" }, "openai": { "url": "{{locked.Url}}", "apiKey": "sk-wrong" } } }""");
        var outcome = await ProgramFolder.RunAsync(folder, "doctor", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(Examination.Findings(outcome), finding => finding is { Level: "warn", Subject: "ollama", Message: "answers, but has no models", Fix: "dragoman pull qwen3:8b" });
        Assert.Contains(Examination.Findings(outcome), finding => finding is { Level: "wrong", Subject: "openai" } && finding.Message.Contains("key", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = 120_000)]
    public async Task No_provider_at_all()
    {
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With("""{ "port": 0, "providers": { "demo": {} } }"""), "doctor", "--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(Examination.Findings(outcome), finding => finding is { Level: "wrong", Subject: "default model" });
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_of_another_kind_without_models_and_one_without_the_model()
    {
        await using var empty = await SimulatedAnthropic.StartAsync(AnthropicScenario.Agent() with { Models = _ => AnthropicReply.Json("""{"data":[],"has_more":false,"first_id":null,"last_id":null}""") });
        await using var other = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent());
        var (exit, findings) = await Examination.OfAsync($$"""
            { "port": 0, "providers": { "other": { "type": "openai", "url": "{{other.Url}}", "apiKey": "sk-simulated" }, "empty": { "type": "anthropic", "url": "{{empty.Url}}", "apiKey": "sk-any" } }, "models": { "*": "other/nothing" } }
            """);
        Assert.Equal(1, exit);
        Assert.Contains(("warn", "empty", "answers, but has no models", null), findings);
        Assert.Contains(("wrong", "other/nothing", "the default model is not there", "choose one of `dragoman models` with --default-model or in `models`"), findings);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(20_000, "wrong", "its context is 20,000 tokens, and Claude Code's first request alone has about 25,000")]
    [InlineData(50_000, "warn", "its context is 50,000 tokens, and Claude Code's first request alone has about 25,000: little room for work")]
    public async Task A_context_that_is_the_servers_business(int context, string level, string message)
    {
        await using var server = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Kind = ServerKind.Vllm, ContextTokens = context });
        var (_, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "vllm": { "type": "openai", "url": "{{server.Url}}", "apiKey": "sk-simulated" } }, "models": { "*": "vllm/simulated-model" } }""");
        Assert.Contains((level, "vllm/simulated-model", message, "a model with a larger context"), findings);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("qwen3-coder:30b", "", "set providers.home.numCtx to 65536 where there is room (it takes up to 3.2 GB more memory; `dragoman models` tells whether the model still runs on the graphics card)")]
    [InlineData("llama3.1:8b", "", "set providers.home.numCtx to 65536 where there is room (it takes more memory; `dragoman models` tells whether the model still runs on the graphics card)")]
    [InlineData("qwen3:8b", "", "set providers.home.numCtx to 40960 where there is room (it takes up to 1.2 GB more memory; `dragoman models` tells whether the model still runs on the graphics card); or a model with a larger context, as this one was trained for 40,960 tokens")]
    [InlineData("qwen3:8b", ", \"models\": { \"qwen3:8b\": { \"numCtx\": 30000 } }", "set providers.home.models.qwen3:8b.numCtx to 40960 where there is room (it takes up to 1.6 GB more memory; `dragoman models` tells whether the model still runs on the graphics card); or a model with a larger context, as this one was trained for 40,960 tokens")]
    [InlineData("qwen3:8b", ", \"numCtx\": 50000", "a model with a larger context: this one was trained for 40,960 tokens")]
    [InlineData("fixed:8b", "", "set providers.home.models.fixed:8b.numCtx to 65536 where there is room (it takes more memory; `dragoman models` tells whether the model still runs on the graphics card)")]
    public async Task What_can_be_done_about_a_small_context_names_the_setting_and_its_price(string model, string settings, string fix)
    {
        var scenario = new OllamaScenario { Reply = Works, Models = [.. SimulatedModel.Usual, new SimulatedModel { Name = "fixed:8b", Capabilities = ["completion", "tools"], Parameters = "num_ctx    30000" }] };
        await using var ollama = await SimulatedOllama.StartAsync(scenario);
        var (exit, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "home": { "type": "ollama", "url": "{{ollama.Url}}"{{settings}} } }, "models": { "*": "home/{{model}}" } }""");
        Assert.Equal(0, exit);
        Assert.Equal(fix, Assert.Single(findings, finding => finding.Message.Contains("little room for work", StringComparison.Ordinal)).Fix);
    }

    [Fact(Timeout = 120_000)]
    public async Task Models_of_the_tiers_are_looked_at_once_each()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works, Models = [.. SimulatedModel.Usual, new SimulatedModel { Name = "small:latest", Capabilities = ["completion", "tools"], ContextLength = 8192 }] });
        var (exit, findings) = await Examination.OfAsync($$"""
            { "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": 100000 } },
              "models": { "*": "ollama/qwen3-coder:30b", "claude-opus-*": "ollama/small", "claude-sonnet-*": "ollama/small:latest", "claude-haiku-*": "ollama/gemma3:4b" } }
            """, "--deep");
        Assert.Equal(1, exit);
        Assert.Equal(
            [
                ("ok", "ollama/small", "there, for opus and sonnet (4.9 GB, tools)", null),
                ("wrong", "ollama/small", "its context is 8,192 tokens, and Claude Code's first request alone has about 25,000", "a model with a larger context: this one was trained for 8,192 tokens"),
                ("ok", "ollama/small", "calls tools", null),
            ],
            findings.Where(finding => finding.Subject.StartsWith("ollama/small", StringComparison.Ordinal)));
        // A model for side requests alone.
        Assert.Equal(
            [
                ("ok", "ollama/gemma3:4b", "there, for haiku (3.3 GB, vision)", null),
                ("warn", "ollama/gemma3:4b", "it can't call tools, and an agent does nothing else", "a model with tools: dragoman models lists them"),
                ("ok", "ollama/gemma3:4b", "context 100,000 tokens", null),
            ],
            findings.Where(finding => finding.Subject == "ollama/gemma3:4b"));
        Assert.DoesNotContain(findings, finding => finding.Message.Contains("leads there", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tier_whose_model_calls_no_tool()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = call => call.Model.Name == "llama3.1:8b" ? new ChatReply().Text("No.") : Works(call) });
        var (exit, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": 100000 } }, "models": { "*": "ollama/qwen3-coder:30b", "claude-opus-*": "ollama/llama3.1:8b" } }""", "--deep");
        Assert.Equal(0, exit);
        Assert.Contains(("warn", "ollama/llama3.1:8b", "did not call the tool that it was told to call; as an agent it would do nothing", "another model: dragoman models lists those that are there"), findings);
        Assert.Contains(("ok", "ollama/qwen3-coder:30b", "calls tools", null), findings);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_model_in_memory_as_it_should_be()
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works });
        var folder = ProgramFolder.With($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}", "numCtx": 100000 } }, "models": { "*": "ollama/qwen3-coder:30b" } }""");
        await ProgramFolder.RunAsync(folder, "warm", "qwen3-coder:30b");
        Assert.Contains(("ok", "ollama/qwen3-coder:30b", "loaded, all of it on the graphics card", null), Examination.Findings(await ProgramFolder.RunAsync(folder, "doctor", "--json")));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("0.12.3", "its version, 0.12.3, is old: a conversation that is too long is cut in silence; models don't see which call a result belongs to; arguments of calls change their order, so that the conversation is read anew in every turn")]
    [InlineData("0.13.5", "its version, 0.13.5, is old: arguments of calls change their order, so that the conversation is read anew in every turn")]
    [InlineData("0.14.0-rc2", null)]
    [InlineData("0.0.0", null)]
    public async Task An_Ollama_that_is_too_old(string version, string? message)
    {
        await using var ollama = await SimulatedOllama.StartAsync(new OllamaScenario { Reply = Works, Version = version });
        var (exit, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3-coder:30b" } }""");
        Assert.Equal(0, exit);
        Assert.Equal(("ok", version == "0.0.0" ? "answers, 9 models" : $"answers, 9 models, version {version}"), findings.Where(finding => finding.Subject == "ollama").Select(finding => (finding.Level, finding.Message)).First());
        var old = findings.Where(finding => finding.Subject == "ollama").Skip(1).ToList();
        if (message is null) Assert.Empty(old);
        else Assert.Equal(("warn", "ollama", message, "update Ollama to 0.14.0 or later (https://ollama.com/download) and start it anew"), Assert.Single(old));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("AQ.simulated", "ok", "tokens counted)")]
    [InlineData("AQ.wrong", "wrong", "did not count a prompt of one word")]
    public async Task A_key_that_only_a_count_can_try(string key, string level, string message)
    {
        // Vertex AI has no list of models that a key could fail at.
        await using var gemini = await SimulatedGemini.StartAsync(GeminiScenario.Agent());
        var (exit, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "gemini": { "url": "{{gemini.Url}}", "flavour": "vertex-express", "apiKey": "{{key}}" } } }""");
        var finding = Assert.Single(findings, finding => finding.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal((level, level == "ok" ? null : "check the key or the credentials, and that this model may be used with them"), (finding.Level, finding.Fix));
        Assert.StartsWith("gemini/gemini-", finding.Subject);
        Assert.Equal(level == "ok" ? 0 : 1, exit);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_breaks_clients()
    {
        var broken = AnthropicReply.Stream(
            """{"type":"message_start","message":{"model":"claude-simulated","id":"msg_01Sim","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""",
            """{"type":"message_stop"}""");
        await using var server = await SimulatedAnthropic.StartAsync(AnthropicScenario.Agent() with { Reply = _ => broken });
        var (exit, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "other": { "type": "anthropic", "url": "{{server.Url}}", "apiKey": "sk-any" } }, "models": { "*": "other/claude-simulated" } }""", "--deep");
        Assert.Equal(1, exit);
        Assert.Contains(findings, finding => finding is { Level: "wrong", Subject: "other/claude-simulated", Fix: "dragoman check-stream tells all; for a server of the anthropic type that is its own fault" }
            && finding.Message.StartsWith("its answer breaks clients: event 3: ", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_fails_in_the_middle()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().Text("Hel").Error("the runner has stopped")));
        var (exit, findings) = await Examination.OfAsync($$"""{ "port": 0, "providers": { "ollama": { "url": "{{ollama.Url}}" } }, "models": { "*": "ollama/qwen3-coder:30b" } }""", "--deep");
        Assert.Equal(1, exit);
        Assert.Contains(findings, finding => finding is { Level: "wrong", Subject: "ollama/qwen3-coder:30b" } && finding.Message.Contains("the runner has stopped", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_that_never_comes()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Always(() => new ChatReply().WaitFor(new TaskCompletionSource().Task)));
        var time = new HurriedTime(TimeSpan.FromMinutes(10));
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true, DefaultModel = "qwen3:8b", IdleTimeoutSeconds = 3600 };
        options.Providers["ollama"] = JsonDocument.Parse($$"""{ "url": "{{ollama.Url}}" }""").RootElement;
        var asking = DoctorPatient.ExamineAsync(options, [DeepChecks.AnswersAsync], TestContext.Current.CancellationToken, services => services.AddSingleton<TimeProvider>(time)).ToListAsync(TestContext.Current.CancellationToken).AsTask();
        await ollama.WaitForOpenChatsAsync(1, TestContext.Current.CancellationToken);
        time.Hurry();
        Assert.Equal(DoctorFinding.Wrong("ollama/qwen3:8b", "did not answer within 10 minutes"), (await asking)[^1]);
    }

    // Timers of one length fire when the test says so.
    private sealed class HurriedTime(TimeSpan length) : TimeProvider
    {
        private readonly List<Action> _waiting = [];

        public void Hurry()
        {
            lock (_waiting) _waiting.ForEach(static fire => fire());
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != length) return base.CreateTimer(callback, state, dueTime, period);
            lock (_waiting) _waiting.Add(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
