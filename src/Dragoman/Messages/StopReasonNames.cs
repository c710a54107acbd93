namespace Dragoman.Messages;

/// <summary>The names of <see cref="StopReason"/> on the wire.</summary>
internal static class StopReasonNames
{
    /// <summary>For example <c>end_turn</c>.</summary>
    public static string WireName(this StopReason reason) => reason switch
    {
        StopReason.EndTurn => "end_turn",
        StopReason.MaxTokens => "max_tokens",
        StopReason.StopSequence => "stop_sequence",
        StopReason.ToolUse => "tool_use",
        StopReason.Refusal => "refusal",
        StopReason.ModelContextWindowExceeded => "model_context_window_exceeded",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };
}
