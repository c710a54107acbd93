using Dragoman.Messages;

namespace Dragoman.Providers.Gemini;

/// <summary>What the translation of an answer must know of its request.</summary>
/// <param name="Request">The client's request.</param>
/// <param name="Model">The model's name.</param>
/// <param name="PromptTokens">The prompt's estimated size, for an answer that doesn't tell it.</param>
internal sealed record AnswerTerms(MessagesRequest Request, string Model, int PromptTokens)
{
    /// <summary>Gives a tool that the model names the name that the client knows it by.</summary>
    public Func<string, string> ClientName { get; init; } = static name => name;

    /// <summary>Stop sequences that Gemini was not told of, so that this is where the answer ends.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>The model searches the web: the text is held back until it is known what it rests on.</summary>
    public bool Searches { get; init; }

    /// <summary>This is the second try: a fruitless answer is now the answer.</summary>
    public bool IsRetry { get; init; }

    /// <summary>The client is to see the model's thoughts.</summary>
    public bool ShowsThoughts => Request.Thinking is { IsOn: true };
}
