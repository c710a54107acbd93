using Dragoman.Upstreams.Agents;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>What program answers: decides what stands beside the API.</summary>
public enum ServerKind
{
    /// <summary>A cloud service: a plain list of models.</summary>
    Cloud,

    /// <summary>OpenRouter: a list with context lengths and abilities.</summary>
    OpenRouter,

    /// <summary>vLLM: <c>max_model_len</c>, <c>/tokenize</c> of conversations.</summary>
    Vllm,

    /// <summary>llama.cpp: <c>/props</c>, <c>/apply-template</c>, <c>/tokenize</c> of texts.</summary>
    LlamaCpp,

    /// <summary>LM Studio: <c>/api/v0/models</c>.</summary>
    LmStudio,

    /// <summary>LM Studio from 0.4 on: <c>/api/v1/models</c>.</summary>
    LmStudio04,

    /// <summary>LocalAI: a list of names, <c>/v1/models/capabilities</c>.</summary>
    LocalAi,

    /// <summary>SGLang: <c>max_model_len</c>, and itself as the owner of its models.</summary>
    Sglang,

    /// <summary>Jan: a list that says nothing of its server.</summary>
    Jan,

    /// <summary>Together: a list that is an array alone.</summary>
    Together,
}

/// <summary>What a simulated server has and how it answers. Immutable: start from a factory and change it with <c>with</c>.</summary>
public sealed record OpenAiScenario
{
    /// <summary>Chooses the reply to a call that was admitted. Called from several threads at a time.</summary>
    public required Func<OpenAiCall, OpenAiReply> Reply { get; init; }

    /// <summary>What program it is.</summary>
    public ServerKind Kind { get; init; }

    /// <summary>In what it differs from OpenAI's own.</summary>
    public OpenAiOddities Oddities { get; init; } = new();

    /// <summary>The model's name; others aren't there.</summary>
    public string Model { get; init; } = "simulated-model";

    /// <summary>The key; null: none is needed.</summary>
    public string? Key { get; init; } = "sk-simulated";

    /// <summary>The context size in tokens.</summary>
    public int ContextTokens { get; init; } = 200_000;

    /// <summary>llama.cpp: how many requests it works on at once.</summary>
    public int Slots { get; init; } = 1;

    /// <summary>When set, every chunk leaves in random pieces with a flush after each, also inside a character of several bytes.</summary>
    public int? SplitSeed { get; init; }

    /// <summary>Silence runs by this clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The replies in order, one a call; the last one repeats.</summary>
    /// <exception cref="ArgumentException">There is no reply.</exception>
    public static OpenAiScenario InTurn(params OpenAiReply[] replies)
    {
        if (replies.Length == 0)
        {
            throw new ArgumentException("A scenario needs at least one reply.", nameof(replies));
        }

        return new OpenAiScenario { Reply = call => replies[Math.Min(call.Number, replies.Length - 1)] };
    }

    /// <summary>Always this text.</summary>
    public static OpenAiScenario Text(string text) => InTurn(new OpenAiReply().Text(text));

    /// <summary>A model that does what directives in the prompt say; see <see cref="AgentBrain"/>.</summary>
    public static OpenAiScenario Agent() => new() { Reply = OpenAiAgent.Reply };

    /// <summary>The same scenario with its chunks cut into random pieces; the same seed gives the same pieces.</summary>
    public OpenAiScenario SplitBytes(int seed) => this with { SplitSeed = seed };
}
