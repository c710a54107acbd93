using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Telemetry;
using Dragoman.Tokens;

namespace Dragoman.Http;

/// <summary>How an answer is sent: what the request and the configuration say of its form.</summary>
internal sealed class ReplySettings(MessagesRequest request, DragomanOptions options, IdSource ids, TokenEstimator tokens)
{
    /// <summary>How long the answer waits for the upstream's first event.</summary>
    public TimeSpan FirstEventGrace { get; } = TimeSpan.FromSeconds(options.FirstEventGraceSeconds);

    /// <summary>Silence after which a ping is sent.</summary>
    public TimeSpan PingInterval { get; } = TimeSpan.FromSeconds(options.PingIntervalSeconds);

    /// <summary>What the client may see of the thinking.</summary>
    public ThinkingVisibility Visibility { get; } = request.Thinking switch
    {
        { IsOn: true, Display: ThinkingDisplay.Omitted } => ThinkingVisibility.Sealed,
        { IsOn: true } => ThinkingVisibility.Shown,
        _ => ThinkingVisibility.Hidden,
    };

    /// <summary>Who writes the answer.</summary>
    public static ThinkingSignature Author(Exchange exchange) => new(exchange.Target!.Provider, exchange.Target.Model, Thinking: null);

    /// <summary>The answer's own fields.</summary>
    public MessageHead Head(Exchange exchange) => new(
        ids.Next("msg_"),
        options.ReturnRealModel ? exchange.Target!.Model : request.Model,
        // Nothing has gone upstream yet while a request waits for its lane.
        exchange.Opened is { } opened ? opened.Prompt.Tokens : tokens.Estimate(request, exchange.Target!.ToString()).Tokens,
        request.ContextEdits.Count > 0)
    {
        AppliedEdits = exchange.AppliedEdits,
    };
}
