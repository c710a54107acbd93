using Dragoman.Upstreams.Agents;

namespace Dragoman.Upstreams.Ollama;

/// <summary>What a simulated Ollama has installed and how it answers. Immutable: start from a factory and change it with <c>with</c>.</summary>
public sealed record OllamaScenario
{
    /// <summary>Chooses the reply to a chat call that was admitted. Called from several threads at a time.</summary>
    public required Func<ChatCall, ChatReply> Reply { get; init; }

    /// <summary>The installed models.</summary>
    public IReadOnlyList<SimulatedModel> Models { get; init; } = SimulatedModel.Usual;

    /// <summary>Models that <c>/api/pull</c> can fetch besides the installed ones; they are installed once pulled.</summary>
    public IReadOnlyList<SimulatedModel> Pullable { get; init; } = [];

    /// <summary>Holds every pull in the middle of its download until it is completed; null for none.</summary>
    public Task? PullGate { get; init; }

    /// <summary>Time before each line of a pull's progress.</summary>
    public TimeSpan PullPace { get; init; }

    /// <summary>What every pull fails of in the middle of its download; null for nothing.</summary>
    public string? PullError { get; init; }

    /// <summary>The part (0 to 1) of a loaded model that is on the graphics card, as <c>/api/ps</c> tells it.</summary>
    public double VramShare { get; init; } = 1;

    /// <summary>What <c>/api/version</c> says.</summary>
    public string Version { get; init; } = "0.32.15";

    /// <summary>The context that nobody asked for: 4096 below 23 GiB of VRAM, then 32768, then 262144 (OLLAMA_CONTEXT_LENGTH sets it too).</summary>
    public int DefaultNumCtx { get; init; } = 4096;

    /// <summary>The key that every call needs, as on ollama.com; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Time before each token, unless a reply sets its own.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>How many calls a model answers at a time; the others wait in silence. The real default is 1 (OLLAMA_NUM_PARALLEL); null is no limit.</summary>
    public int? ParallelChats { get; init; }

    /// <summary>When set, every line leaves in random pieces with a flush after each, also inside a character of several bytes.</summary>
    public int? SplitSeed { get; init; }

    /// <summary>Whether the last line of a stream lacks its line feed.</summary>
    public bool NoTrailingNewline { get; init; }

    /// <summary>Silence, pace and time stamps run by this clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The same reply to every call.</summary>
    public static OllamaScenario Always(Func<ChatReply> reply) => new() { Reply = _ => reply() };

    /// <summary>The replies in order, one a call; the last one repeats.</summary>
    /// <exception cref="ArgumentException">There is no reply.</exception>
    public static OllamaScenario InTurn(params ChatReply[] replies)
    {
        if (replies.Length == 0)
        {
            throw new ArgumentException("A scenario needs at least one reply.", nameof(replies));
        }

        return new OllamaScenario { Reply = call => replies[Math.Min(call.Number, replies.Length - 1)] };
    }

    /// <summary>Always this text.</summary>
    public static OllamaScenario Text(string text) => InTurn(new ChatReply().Text(text));

    /// <summary>A model that does what directives in the prompt say; see <see cref="AgentBrain"/>.</summary>
    public static OllamaScenario Agent() => new() { Reply = OllamaAgent.Reply };

    /// <summary>The same scenario with its lines cut into random pieces; the same seed gives the same pieces.</summary>
    public OllamaScenario SplitBytes(int seed) => this with { SplitSeed = seed };
}
