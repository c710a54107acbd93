using Dragoman.Upstreams.Agents;

namespace Dragoman.Upstreams.Gemini;

/// <summary>What a simulated Gemini has and how it answers. Immutable: start from a factory and change it with <c>with</c>.</summary>
public sealed record GeminiScenario
{
    /// <summary>Chooses the reply to a call that was admitted. Called from several threads at a time.</summary>
    public required Func<GeminiCall, GeminiReply> Reply { get; init; }

    /// <summary>The models.</summary>
    public IReadOnlyList<SimulatedGeminiModel> Models { get; init; } = SimulatedGeminiModel.Usual;

    /// <summary>The key of the Gemini API.</summary>
    public string ApiKey { get; init; } = "AIza-simulated";

    /// <summary>The key of Vertex AI express; Google's begin like this one.</summary>
    public string ExpressKey { get; init; } = "AQ.simulated";

    /// <summary>The project that the bearer token may use.</summary>
    public string Project { get; init; } = "simulated-project";

    /// <summary>How long an access token lives.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromSeconds(3599);

    /// <summary>Time before each chunk, unless a reply sets its own.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>When set, every chunk leaves in random pieces with a flush after each, also inside a character of several bytes.</summary>
    public int? SplitSeed { get; init; }

    /// <summary>A gateway in between has dropped <c>alt=sse</c>: every stream is a JSON array.</summary>
    public bool IgnoresAlt { get; init; }

    /// <summary>Whether errors of streaming calls stand in an array.</summary>
    public bool WrapsErrors { get; init; } = true;

    /// <summary>Whether only the last chunk has counts.</summary>
    public bool CountsAtEndOnly { get; init; }

    /// <summary>Whether calls have ids. Some versions of the API give none, and take no notice of those that clients make up.</summary>
    public bool GivesCallIds { get; init; } = true;

    /// <summary>Whether arguments of calls are streamed although nobody asked for it.</summary>
    public bool StreamsArguments { get; init; }

    /// <summary>Whether function names come with <c>default_api:</c> before them.</summary>
    public bool PrefixesNames { get; init; }

    /// <summary>
    /// Whether a signature is good only for the arguments that it was issued with. Google isn't known to check that; here it finds signatures that were
    /// swapped between calls of one function. Off for a client that edits arguments.
    /// </summary>
    public bool SignaturesCoverArguments { get; init; } = true;

    /// <summary>What <c>countTokens</c> waits for; null for nothing.</summary>
    public Task? CountGate { get; init; }

    /// <summary>What <c>countTokens</c> and the list of models are refused with; null for nothing.</summary>
    public GoogleError? SideError { get; init; }

    /// <summary>Silence, pace, and the lives of tokens run by this clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The same reply to every call.</summary>
    public static GeminiScenario Always(Func<GeminiReply> reply) => new() { Reply = _ => reply() };

    /// <summary>The replies in order, one a call; the last one repeats.</summary>
    /// <exception cref="ArgumentException">There is no reply.</exception>
    public static GeminiScenario InTurn(params GeminiReply[] replies)
    {
        if (replies.Length == 0)
        {
            throw new ArgumentException("A scenario needs at least one reply.", nameof(replies));
        }

        return new GeminiScenario { Reply = call => replies[Math.Min(call.Number, replies.Length - 1)] };
    }

    /// <summary>Always this text.</summary>
    public static GeminiScenario Text(string text) => InTurn(new GeminiReply().Text(text));

    /// <summary>A model that does what directives in the prompt say; see <see cref="AgentBrain"/>. Asked to search, it cites invented pages.</summary>
    public static GeminiScenario Agent() => new() { Reply = GeminiAgent.Reply };

    /// <summary>The same scenario with its chunks cut into random pieces; the same seed gives the same pieces.</summary>
    public GeminiScenario SplitBytes(int seed) => this with { SplitSeed = seed };
}
