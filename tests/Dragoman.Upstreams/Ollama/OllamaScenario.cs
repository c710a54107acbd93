namespace Dragoman.Upstreams.Ollama;

/// <summary>What the simulated server has and says.</summary>
public sealed class OllamaScenario
{
    /// <summary>Answers each chat.</summary>
    public required Func<ChatCall, ChatReply> Reply { get; init; }

    /// <summary>Its models.</summary>
    public IReadOnlyList<SimulatedModel> Models { get; init; } = SimulatedModel.Usual;

    /// <summary>Writes every line in random pieces with a flush after each, also inside of UTF-8 sequences.</summary>
    public int? SplitSeed { get; init; }

    /// <summary>Leaves out the end of the last line.</summary>
    public bool NoTrailingNewline { get; init; }

    /// <summary>The key that the server wants, as ollama.com does.</summary>
    public string? Key { get; init; }

    /// <summary>Time between two pieces of text.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>The same answer always.</summary>
    public static OllamaScenario Always(Func<ChatReply> reply) => new() { Reply = _ => reply() };

    /// <summary>One answer after the other; the last one repeats.</summary>
    public static OllamaScenario InTurn(params ChatReply[] replies) => new() { Reply = call => replies[Math.Min(call.Number, replies.Length - 1)] };

    /// <summary>Does what the prompt's directives say: see <see cref="AgentBrain"/>.</summary>
    public static OllamaScenario Agent() => new() { Reply = AgentBrain.Reply };
}
