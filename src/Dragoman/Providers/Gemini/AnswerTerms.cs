using Dragoman.Messages;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Tokens;

namespace Dragoman.Providers.Gemini;

/// <summary>What the translation of an answer must know of its request.</summary>
/// <param name="Request">The client's request.</param>
/// <param name="Sent">What was made of it.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Prompt">The prompt's estimated size, for an answer that doesn't tell it.</param>
internal sealed record AnswerTerms(MessagesRequest Request, GeminiRequest Sent, string Model, PromptEstimate Prompt)
{
    /// <summary>This is the second try: a fruitless answer is now the answer.</summary>
    public bool IsRetry { get; init; }

    /// <summary>The client is to see the model's thoughts.</summary>
    public bool ShowsThoughts => Request.Thinking is { IsOn: true };
}
