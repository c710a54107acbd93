using Dragoman.Messages;

namespace Dragoman.Providers;

/// <summary>How hard a model is to think, for upstreams that know levels.</summary>
internal static class ThinkingEffort
{
    // Claude Code's budgets are 4k, 10k and 32k for its three levels of thinking.
    private const int LowBudget = 4096, MediumBudget = 16_384;

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>: what the client says, or what its budget amounts to; null when it says neither.</summary>
    public static string? Of(MessagesRequest request) => request.Effort switch
    {
        "low" => "low",
        "medium" => "medium",
        not null => "high",
        null => request.Thinking?.BudgetTokens switch { null => null, <= LowBudget => "low", <= MediumBudget => "medium", _ => "high" },
    };
}
