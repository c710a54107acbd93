using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>A request that the simulated API got and found in order.</summary>
/// <param name="Number">Counts the accepted requests of a path from 0.</param>
/// <param name="Request">The request as it came.</param>
/// <param name="Json">Its body.</param>
public sealed record AnthropicCall(int Number, RecordedRequest Request, JsonElement Json);

/// <summary>How a simulated API behaves.</summary>
public sealed record AnthropicScenario
{
    /// <summary>The one model of <see cref="Agent"/>.</summary>
    public const string AgentModel = "claude-simulated";

    /// <summary>What it answers to messages that it accepts.</summary>
    public required Func<AnthropicCall, AnthropicReply> Reply { get; init; }

    /// <summary>What it answers to questions for a count; null: it has no such path, as servers elsewhere.</summary>
    public Func<AnthropicCall, AnthropicReply>? Count { get; init; } = _ => AnthropicReply.Json("""{"input_tokens": 2095}""");

    /// <summary>Pages of models; null: it has no such path.</summary>
    public Func<RecordedRequest, AnthropicReply>? Models { get; init; } = _ => AnthropicReply.Json("""{"data":[],"has_more":false,"first_id":null,"last_id":null}""");

    /// <summary>One model by its id, which may be an alias; null: it has no such path.</summary>
    public Func<string, AnthropicReply>? Model { get; init; }

    /// <summary>The only key that it takes, in either header; null: any, or none.</summary>
    public string? Key { get; init; }

    /// <summary>It checks requests as Anthropic does: signatures that it issued, ids, contents, what a search left. Servers elsewhere don't.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>Splits the answer's bytes at places drawn from this seed; null: not at all.</summary>
    public int? SplitSeed { get; init; }

    /// <summary>A model that does what directives in the prompt say; see <see cref="Agents.AgentBrain"/>. Asked to search, it cites an invented page.</summary>
    public static AnthropicScenario Agent()
    {
        var agent = new AnthropicAgent();
        return new AnthropicScenario
        {
            Reply = agent.Reply,
            Count = AnthropicAgent.Count,
            Models = _ => AnthropicReply.Json($$"""{"data":[{"type":"model","id":"{{AgentModel}}","display_name":"Simulated Claude","created_at":"2026-01-01T00:00:00Z","lifecycle":"active","deprecated_at":null,"retires_at":null,"line":"opus","max_input_tokens":200000,"max_tokens":64000,"capabilities":null}],"has_more":false,"first_id":"{{AgentModel}}","last_id":"{{AgentModel}}"}"""),
        };
    }
}
