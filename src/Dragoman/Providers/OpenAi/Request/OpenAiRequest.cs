using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>What of the configuration, and of what is known of the model, a request depends on.</summary>
/// <param name="Provider">The provider's name in the configuration: sealed reasoning is good for the one that made it only.</param>
/// <param name="Target">The model's name in the signatures of our own answers; null: the model's own.</param>
internal sealed record OpenAiRequestOptions(string Provider, string? Target = null)
{
    /// <summary>What to do when a client insists on thinking and the model can't.</summary>
    public ThinkingUnsupported ThinkingUnsupported { get; init; }

    /// <summary>The model sees images, as far as anybody knows.</summary>
    public bool SeesImages { get; init; } = true;

    /// <summary>The most tokens of an answer, from the model's own description; null: what the dialect says.</summary>
    public int? OutputLimit { get; init; }

    /// <summary>What the prompt leaves of the context for the answer, estimated, in tokens; null: the context's size isn't known.</summary>
    public int? Room { get; init; }

    /// <summary>Sent as <c>prompt_cache_key</c> where that is known; null: nothing is.</summary>
    public string? CacheKey { get; init; }

    /// <summary><c>metadata.user_id</c> is sent as <c>user</c>.</summary>
    public bool SendUser { get; init; }
}

/// <summary>What besides the body is known of a request as the upstream gets it.</summary>
/// <param name="Dialect">The dialect for this model; its <see cref="OpenAiDialect.Api"/> is where the body goes.</param>
/// <param name="Degraded">What was approximated, as <c>field=how</c>.</param>
/// <param name="Names">Names of tools, there and back.</param>
/// <param name="Offer">The tools on offer.</param>
/// <param name="WatchedStops">Stop sequences that the answer has to be watched for: all of them, as the upstream would not tell which one it hit.</param>
/// <param name="MaxTokens">The most tokens that were asked for.</param>
/// <param name="Reasons">Reasoning was asked for, or can't be switched off.</param>
internal sealed record OpenAiRequest(
    OpenAiDialect Dialect,
    IReadOnlyList<string> Degraded,
    FunctionNames Names,
    ToolOffer Offer,
    IReadOnlyList<string> WatchedStops,
    int MaxTokens,
    bool Reasons);
