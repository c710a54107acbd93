using System.Text.Json;
using Dragoman.Messages;
using static Dragoman.Providers.JsonSlices;

namespace Dragoman.Providers.Gemini;

/// <summary>The numbers of <c>usageMetadata</c>. Early chunks lack some of them; each number that a later chunk gives replaces the earlier one.</summary>
/// <param name="Prompt">Tokens of the whole prompt, the cached ones included.</param>
/// <param name="Cached">Prompt tokens from the cache.</param>
/// <param name="Candidates">Generated tokens without thoughts.</param>
/// <param name="Thoughts">Tokens of thoughts.</param>
/// <param name="ToolUse">Tokens that tools of the server (search, URL context) put into the prompt.</param>
internal sealed record GeminiUsage(int Prompt, int Cached, int Candidates, int Thoughts, int ToolUse)
{
    /// <summary>Nothing is known yet.</summary>
    public static GeminiUsage None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Reads the value of <c>usageMetadata</c>; null when it is no object.</summary>
    public static GeminiUsage? Read(ref Utf8JsonReader json)
    {
        if (!EnterObject(ref json)) return null;
        var usage = None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("promptTokenCount"u8)) usage = usage with { Prompt = ReadTokens(ref json) };
            else if (json.ValueTextEquals("cachedContentTokenCount"u8)) usage = usage with { Cached = ReadTokens(ref json) };
            else if (json.ValueTextEquals("candidatesTokenCount"u8)) usage = usage with { Candidates = ReadTokens(ref json) };
            else if (json.ValueTextEquals("thoughtsTokenCount"u8)) usage = usage with { Thoughts = ReadTokens(ref json) };
            else if (json.ValueTextEquals("toolUsePromptTokenCount"u8)) usage = usage with { ToolUse = ReadTokens(ref json) };
            else Skip(ref json);
        }

        return usage;
    }

    /// <summary>What is known after a later chunk.</summary>
    public GeminiUsage With(GeminiUsage later) => new(
        Known(Prompt, later.Prompt), Known(Cached, later.Cached), Known(Candidates, later.Candidates), Known(Thoughts, later.Thoughts), Known(ToolUse, later.ToolUse));

    /// <summary>The same in Anthropic's terms, where input excludes what came from the cache and output includes the thinking.</summary>
    /// <param name="estimatedPrompt">The prompt's size if the upstream didn't tell.</param>
    /// <param name="pieces">Pieces of the answer that were seen, for one that was cut before its numbers came: a piece is at least a token.</param>
    public Usage ToAnthropic(int estimatedPrompt, int pieces)
    {
        var prompt = Prompt > 0 ? Prompt : estimatedPrompt;
        var output = Candidates + Thoughts > 0 ? Candidates + Thoughts : pieces;
        return new Usage(Math.Max(0, prompt + ToolUse - Cached), output, Cached, Thoughts > 0 ? Thoughts : null)
        {
            IsEstimated = Prompt == 0 || (Candidates + Thoughts == 0 && pieces > 0),
        };
    }

    private static int Known(int before, int later) => later > 0 ? later : before;
}
