using Dragoman.Messages;
using Dragoman.Tokens;
using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi;

/// <summary>What the translation of an answer must know of its request.</summary>
/// <param name="Request">The client's request.</param>
/// <param name="Offer">The tools on offer.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Prompt">The prompt's estimated size, for an answer that doesn't tell it.</param>
internal sealed record AnswerTerms(MessagesRequest Request, ToolOffer Offer, string Model, PromptEstimate Prompt)
{
    /// <summary>The limit of the answer that was sent; 0: none.</summary>
    public int MaxTokens { get; init; }

    /// <summary>The model's context size, if it is known.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Stop sequences that the upstream wasn't told of, or doesn't name when it hits one: the answer has to be watched for them.</summary>
    public IReadOnlyList<string> WatchedStops { get; init; } = [];

    /// <summary>The client's name of a tool by the one that the upstream knows it under.</summary>
    public Func<string, string> ClientName { get; init; } = name => name;

    /// <summary>The text may begin with thinking between tags.</summary>
    public bool ReadsThinkTags { get; init; } = true;

    /// <summary>The client is to see the model's thoughts.</summary>
    public bool ShowsThoughts => Request.Thinking is { IsOn: true };
}
