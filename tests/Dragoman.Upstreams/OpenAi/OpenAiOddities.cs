namespace Dragoman.Upstreams.OpenAi;

/// <summary>Where an answer's thinking stands.</summary>
public enum ReasoningPlace
{
    /// <summary><c>reasoning_content</c>: DeepSeek, Moonshot, Z.ai, xAI, SGLang, llama.cpp.</summary>
    ReasoningContent,

    /// <summary><c>reasoning</c>: Groq, Together, newer vLLM.</summary>
    Reasoning,

    /// <summary>The same text in both fields.</summary>
    Both,

    /// <summary>OpenRouter: <c>reasoning</c> and <c>reasoning_details</c>, with a signature at the end.</summary>
    Details,

    /// <summary>Between tags at the beginning of the text: a server without a parser for it.</summary>
    ThinkTags,

    /// <summary>Mistral: a part of the content.</summary>
    ContentParts,
}

/// <summary>What ids the pieces of a tool call have.</summary>
public enum CallIdForm
{
    /// <summary>The first piece has it.</summary>
    First,

    /// <summary>None has one.</summary>
    Missing,

    /// <summary>Each piece has it.</summary>
    Repeated,

    /// <summary>Each piece has another one.</summary>
    Changing,
}

/// <summary>What indices the pieces of a tool call have.</summary>
public enum CallIndexForm
{
    /// <summary>Each call its own.</summary>
    Counted,

    /// <summary>None.</summary>
    Missing,

    /// <summary>Every call 0.</summary>
    AllZero,
}

/// <summary>How a call's arguments come.</summary>
public enum ArgumentForm
{
    /// <summary>In pieces.</summary>
    Pieces,

    /// <summary>In one string, with the name.</summary>
    Whole,

    /// <summary>As an object.</summary>
    Unquoted,

    /// <summary>An empty object with the name, and then the pieces.</summary>
    PiecesAfterEmptyObject,

    /// <summary>In the text of the answer, as the model writes them: a server without a parser for it.</summary>
    InText,
}

/// <summary>Where an answer's counts stand.</summary>
public enum UsagePlace
{
    /// <summary>In a chunk of their own, if the request asks for them.</summary>
    Extra,

    /// <summary>In the last chunk with a choice.</summary>
    Last,

    /// <summary>In every chunk.</summary>
    Every,

    /// <summary>Inside of the choice (Moonshot).</summary>
    Choice,

    /// <summary>In <c>x_groq</c> alone.</summary>
    Groq,

    /// <summary>Nowhere.</summary>
    None,
}

/// <summary>In what a server differs from OpenAI's own. The default is OpenAI's way.</summary>
public sealed record OpenAiOddities
{
    /// <summary>Where thinking stands.</summary>
    public ReasoningPlace Reasoning { get; init; }

    /// <summary>What ids calls have.</summary>
    public CallIdForm CallIds { get; init; }

    /// <summary>What indices calls have.</summary>
    public CallIndexForm CallIndices { get; init; }

    /// <summary>How arguments come.</summary>
    public ArgumentForm Arguments { get; init; }

    /// <summary>The name is in each piece.</summary>
    public bool RepeatsNames { get; init; }

    /// <summary>The pieces of parallel calls come by turns.</summary>
    public bool InterleavesCalls { get; init; }

    /// <summary><c>finish_reason</c> is <c>stop</c> although there are calls.</summary>
    public bool StopsAtCalls { get; init; }

    /// <summary>Where counts stand.</summary>
    public UsagePlace Usage { get; init; }

    /// <summary>The stream ends with <c>[DONE]</c>.</summary>
    public bool SendsDone { get; init; } = true;

    /// <summary>Comments come between the chunks, and before the first one.</summary>
    public bool SendsComments { get; init; }

    /// <summary>Lines end with CR and LF.</summary>
    public bool SendsCarriageReturns { get; init; }

    /// <summary>Non-ASCII characters are escaped, half a surrogate pair at a time (Python's <c>json.dumps</c>).</summary>
    public bool EscapesUnicode { get; init; }

    /// <summary>The answer is one JSON body although a stream was asked for.</summary>
    public bool AnswersWhole { get; init; }
}
