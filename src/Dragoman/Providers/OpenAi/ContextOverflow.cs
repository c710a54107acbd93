using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Providers.OpenAi;

/// <summary>That a prompt does not fit, and the numbers, read from what a server says: each has words of its own.</summary>
/// <param name="Tokens">The prompt's tokens; 0 when it doesn't say.</param>
/// <param name="Limit">The context size; 0 when it doesn't say.</param>
/// <param name="Output">The wanted answer's tokens; 0 when they don't count or it doesn't say.</param>
internal sealed partial record ContextOverflow(int Tokens, int Limit, int Output)
{
    private const string Number = "[0-9][0-9,]{0,11}";

    // Without numbers, or with numbers in an order of their own.
    private static readonly string[] Signs =
    [
        "context_length_exceeded", "exceeds the context window", "exceed_context_size", "exceeds the available context size", "maximum context length", "context length exceeded",
        "context window exceeds limit", "exceeded model token limit", "reduce the length of the messages", "prompt exceeds max length", "prompt is too long", "input is too long",
        "too large for model with", "longer than the model's context length", "longer than the maximum model length", "context the overflows", "greater than the context length",
        "maximum prompt length", "range of input length should be", "input tokens exceed the configured limit", "context size has been exceeded", "larger than the maximum context",
    ];

    private static Regex[] Sentences => [TotalWithParts(), TooMuchOutput(), Requested(), ResultedIn(), Request(), LongerThan(), PromptContains(), LimitRequested(), Given(), TooLong(), Keep(), CurrentLength(), PassedInput(), Greater(), Range()];

    // "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion)." OpenAI, vLLM, DeepSeek;
    // OpenRouter's "This endpoint's maximum context length is … However, you requested about … tokens (… of text input, … of tool input, … in the output)."
    [GeneratedRegex(@"maximum context length is (?<limit>" + Number + @") tokens.{0,40}?requested (about )?(?<total>" + Number + @") tokens \((?<tokens>" + Number + @") (in|of|from) (the |your )?(messages|prompt|text input|input)[^)]*?(?<output>" + Number + @")[^0-9)]*(in|for|of) the (completion|output|answer)", Options, 1000)]
    private static partial Regex TotalWithParts();

    // vLLM: "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is 32768 tokens and your request has 1000 input tokens (…)".
    [GeneratedRegex(@"is too large: (?<output>" + Number + @")\. .{0,40}?maximum context length is (?<limit>" + Number + @") tokens and your request has (?<tokens>" + Number + @") input tokens", Options, 1000)]
    private static partial Regex TooMuchOutput();

    // SGLang: "… maximum context length of 32768 tokens. You requested a total of 40000 tokens: 39000 tokens from the input messages and 1000 tokens for the completion."
    [GeneratedRegex(@"maximum context length of (?<limit>" + Number + @") tokens.{0,40}?total of (?<total>" + Number + @") tokens: (?<tokens>" + Number + @") tokens from the input messages and (?<output>" + Number + @") tokens", Options, 1000)]
    private static partial Regex Requested();

    // "… maximum context length is 8192 tokens. However, your messages resulted in 10018 tokens"; vLLM: "your request has 5000 input tokens"; "you requested 9000 tokens".
    [GeneratedRegex(@"(maximum context length is|configured limit of) (?<limit>" + Number + @")( tokens)?.{0,80}?(resulted in|request has|requested( about)?) (?<tokens>" + Number + @") (input )?tokens", Options, 1000)]
    private static partial Regex ResultedIn();

    // llama.cpp, LocalAI.
    [GeneratedRegex(@"request \((?<tokens>" + Number + @") tokens\) exceeds the available context size \((?<limit>" + Number + @") tokens\)", Options, 1000)]
    private static partial Regex Request();

    // SGLang: "The input (40000 tokens) is longer than the model's context length (32768 tokens)."; vLLM: "The decoder prompt (length 40000) is longer than the maximum model length of 32768."
    [GeneratedRegex(@"\((length )?(?<tokens>" + Number + @")( tokens)?\) (is longer than|exceeds) the (model's|maximum) [a-z ]{0,30}length (of |\()(?<limit>" + Number + ")", Options, 1000)]
    private static partial Regex LongerThan();

    // Mistral: "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length".
    [GeneratedRegex(@"contains (?<tokens>" + Number + @") tokens.{0,60}?model with (?<limit>" + Number + ")", Options, 1000)]
    private static partial Regex PromptContains();

    // Moonshot: "exceeded model token limit: 131072 (requested: 140000)"; xAI: "maximum prompt length is 131072 but the request contains 140000 tokens".
    [GeneratedRegex(@"(token limit: |maximum prompt length is )(?<limit>" + Number + @").{0,30}?(requested: |contains )(?<tokens>" + Number + ")", Options, 1000)]
    private static partial Regex LimitRequested();

    // Together, TGI: "`inputs` tokens + `max_new_tokens` must be <= 32769. Given: 40000 `inputs` tokens and 1000 `max_new_tokens`".
    [GeneratedRegex(@"must be <= (?<limit>" + Number + @")\. Given: (?<tokens>" + Number + @") .{0,20}?tokens and (?<output>" + Number + ")", Options, 1000)]
    private static partial Regex Given();

    // Anthropic's own words, through OpenRouter; Fireworks: "The prompt is too long: 140000, model maximum context length: 131071".
    [GeneratedRegex(@"prompt is too long: (?<tokens>" + Number + @")( tokens > |, model maximum context length: )(?<limit>" + Number + ")", Options, 1000)]
    private static partial Regex TooLong();

    // LM Studio: "Trying to keep the first 40000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens".
    [GeneratedRegex(@"keep the first (?<tokens>" + Number + @") tokens.{0,100}?length of only (?<limit>" + Number + ")", Options, 1000)]
    private static partial Regex Keep();

    // Cerebras: "Current length is 9000 while limit is 8192".
    [GeneratedRegex(@"current length is (?<tokens>" + Number + @") while limit is (?<limit>" + Number + ")", Options, 1000)]
    private static partial Regex CurrentLength();

    // vLLM: "You passed 4097 input tokens and requested 1 output tokens. However, the model's context length is only 4096 tokens".
    [GeneratedRegex(@"passed (?<tokens>" + Number + @") input tokens and requested (?<output>" + Number + @") output tokens.{0,60}?context length is only (?<limit>" + Number + ")", Options, 1000)]
    private static partial Regex PassedInput();

    // Groq and OpenAI, for one request that is more than a minute's allowance: "Request too large for model … Limit 6000, Requested 7000". Waiting doesn't help.
    [GeneratedRegex(@"request too large for .{0,200}?limit (?<limit>" + Number + @"), requested (?<tokens>" + Number + ")", Options, 1000)]
    private static partial Regex Greater();

    // Alibaba: "Range of input length should be [1, 30720]".
    [GeneratedRegex(@"range of input length should be \[[0-9]+, ?(?<limit>" + Number + @")\]", Options, 1000)]
    private static partial Regex Range();

    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    /// <summary>Reads an error's text and code; null when it is about something else.</summary>
    public static ContextOverflow? Find(string text)
    {
        // The numbers stand at the beginning; what follows may be a whole request that was given back.
        const int read = 2000;
        if (text.Length > read) text = text[..read];
        foreach (var sentence in Sentences)
        {
            var found = sentence.Match(text);
            if (!found.Success) continue;
            var (output, total) = (Read(found, "output"), Read(found, "total"));
            // The parts name messages, tools and more; what isn't the answer is the prompt.
            return new ContextOverflow(total > output ? total - output : Read(found, "tokens"), Read(found, "limit"), output);
        }

        return Signs.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)) ? new ContextOverflow(0, 0, 0) : null;
    }

    /// <summary>What the client is told: words that Claude Code knows, and compacts the conversation or asks for less.</summary>
    /// <param name="estimatedTokens">The prompt's estimated size, where the server gave none.</param>
    /// <param name="knownLimit">The model's context size, where the server gave none.</param>
    public string ToMessage(int estimatedTokens, int? knownLimit)
    {
        var limit = Limit > 0 ? Limit : knownLimit ?? 0;
        // The server's own number is exact; the estimate must not contradict that it is too much.
        var tokens = Tokens > 0 ? Tokens : Math.Max(estimatedTokens, limit + 1);
        if (limit == 0) return $"prompt is too long: about {tokens} tokens, more than the model takes";
        return tokens < limit && Output > 0
            ? $"input length and `max_tokens` exceed context limit: {tokens} + {Output} > {limit}, decrease input length or `max_tokens` and try again"
            : $"prompt is too long: {Math.Max(tokens, limit + 1)} tokens > {limit} maximum";
    }

    private static int Read(Match found, string group) =>
        int.TryParse(found.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
