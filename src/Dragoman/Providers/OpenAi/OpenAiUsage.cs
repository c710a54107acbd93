using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.OpenAi;

/// <summary>The numbers of a <c>usage</c> object, of chat completions and of the Responses API. Each number that a later one gives replaces the earlier.</summary>
/// <param name="Prompt">Tokens of the whole prompt, the cached ones included.</param>
/// <param name="Cached">Prompt tokens from the cache.</param>
/// <param name="Output">Generated tokens, as the upstream counts them.</param>
/// <param name="Reasoning">Tokens of thinking.</param>
/// <param name="Total">All together.</param>
/// <param name="Written">Prompt tokens that were written to the cache (OpenRouter tells).</param>
internal sealed record OpenAiUsage(int Prompt, int Cached, int Output, int Reasoning, int Total, int Written = 0)
{
    /// <summary>Nothing is known yet.</summary>
    public static OpenAiUsage None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Reads the value of <c>usage</c>; null when it is no object.</summary>
    public static OpenAiUsage? Read(ref Utf8JsonReader json)
    {
        if (!EnterObject(ref json)) return null;
        var usage = None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("prompt_tokens"u8) || json.ValueTextEquals("input_tokens"u8)) usage = usage with { Prompt = ReadTokens(ref json) };
            else if (json.ValueTextEquals("completion_tokens"u8) || json.ValueTextEquals("output_tokens"u8)) usage = usage with { Output = ReadTokens(ref json) };
            else if (json.ValueTextEquals("total_tokens"u8)) usage = usage with { Total = ReadTokens(ref json) };
            // DeepSeek's name, and Moonshot's.
            else if (json.ValueTextEquals("prompt_cache_hit_tokens"u8) || json.ValueTextEquals("cached_tokens"u8)) usage = usage with { Cached = Math.Max(usage.Cached, ReadTokens(ref json)) };
            else if (json.ValueTextEquals("reasoning_tokens"u8)) usage = usage with { Reasoning = Math.Max(usage.Reasoning, ReadTokens(ref json)) };
            else if (json.ValueTextEquals("prompt_tokens_details"u8) || json.ValueTextEquals("input_tokens_details"u8)) usage = usage.WithPromptDetails(ref json);
            else if (json.ValueTextEquals("completion_tokens_details"u8) || json.ValueTextEquals("output_tokens_details"u8)) usage = usage.WithOutputDetails(ref json);
            else Skip(ref json);
        }

        return usage;
    }

    /// <summary>What is known after a later object.</summary>
    public OpenAiUsage With(OpenAiUsage later) =>
        new(Known(Prompt, later.Prompt), Known(Cached, later.Cached), Known(Output, later.Output), Known(Reasoning, later.Reasoning), Known(Total, later.Total), Known(Written, later.Written));

    /// <summary>Generated tokens with those of the thinking. xAI leaves these out of <c>completion_tokens</c>, all others have them in.</summary>
    public int Generated => Reasoning > Output || (Reasoning > 0 && Total == Prompt + Output + Reasoning) ? Output + Reasoning : Output;

    /// <summary>The same in Anthropic's terms, where input excludes what came from the cache and output includes the thinking.</summary>
    /// <param name="estimatedPrompt">The prompt's size if the upstream didn't tell.</param>
    /// <param name="pieces">Pieces of the answer that were seen, for one whose numbers never came: a piece is at least a token.</param>
    public Usage ToAnthropic(int estimatedPrompt, int pieces)
    {
        var prompt = Prompt > 0 ? Prompt : estimatedPrompt;
        var cached = Math.Min(Cached, prompt);
        return new Usage(prompt - cached, Generated > 0 ? Generated : pieces, cached, Reasoning > 0 ? Reasoning : null)
        {
            CacheWriteTokens = Math.Min(Written, prompt - cached),
            IsEstimated = Prompt == 0 || (Generated == 0 && pieces > 0),
        };
    }

    private static int Known(int before, int later) => later > 0 ? later : before;

    private OpenAiUsage WithPromptDetails(ref Utf8JsonReader json)
    {
        var usage = this;
        if (!EnterObject(ref json)) return usage;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("cached_tokens"u8)) usage = usage with { Cached = Math.Max(usage.Cached, ReadTokens(ref json)) };
            else if (json.ValueTextEquals("cache_write_tokens"u8)) usage = usage with { Written = ReadTokens(ref json) };
            else Skip(ref json);
        }

        return usage;
    }

    private OpenAiUsage WithOutputDetails(ref Utf8JsonReader json)
    {
        var usage = this;
        if (!EnterObject(ref json)) return usage;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("reasoning_tokens"u8)) usage = usage with { Reasoning = Math.Max(usage.Reasoning, ReadTokens(ref json)) };
            else Skip(ref json);
        }

        return usage;
    }
}
