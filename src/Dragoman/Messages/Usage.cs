namespace Dragoman.Messages;

/// <summary>Why an answer ended.</summary>
internal enum StopReason { EndTurn, MaxTokens, StopSequence, ToolUse, Refusal, ModelContextWindowExceeded }

/// <summary>Token counts of one answer.</summary>
/// <param name="InputTokens">Prompt tokens that were not served from a cache that the upstream bills apart.</param>
/// <param name="OutputTokens">Generated tokens, thinking included.</param>
/// <param name="CacheReadTokens">Prompt tokens read from the upstream's cache, if it says so.</param>
/// <param name="ThinkingTokens">The part of the output that was thinking, if known.</param>
/// <param name="WebSearches">Searches of the web on the upstream's side.</param>
/// <param name="WebFetches">Pages read on the upstream's side.</param>
internal sealed record Usage(int InputTokens, int OutputTokens, int CacheReadTokens = 0, int? ThinkingTokens = null, int WebSearches = 0, int WebFetches = 0)
{
    /// <summary>The part of <see cref="InputTokens"/> that was written to the upstream's cache, if it says so.</summary>
    public int CacheWriteTokens { get; init; }

    /// <summary>The upstream told less than this: prompt or answer are a guess.</summary>
    public bool IsEstimated { get; init; }
}

/// <summary>An edit of <c>context_management</c> that was carried out.</summary>
internal sealed record AppliedEdit(string Type, int ClearedInputTokens, int? ClearedToolUses = null, int? ClearedThinkingTurns = null);
