using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>A call for an answer that was admitted: what it asked for.</summary>
public sealed record OpenAiCall
{
    /// <summary>Counts the calls that the server admitted, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>How often a call with this very conversation was admitted before: a client that tries again.</summary>
    public required int Attempt { get; init; }

    /// <summary>It came to <c>/responses</c>.</summary>
    public required bool IsResponses { get; init; }

    /// <summary>The request's body, byte for byte.</summary>
    public required string Body { get; init; }

    /// <summary>The body as JSON.</summary>
    public required JsonElement Request { get; init; }

    /// <summary>The prompt's tokens, at four bytes a token; <see cref="CachedTokens"/> are among them.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The tokens that begin an earlier prompt as well.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>The model that was asked.</summary>
    public string Model => Request.FindText("model") ?? "";

    /// <summary>A stream was asked for.</summary>
    public bool Streams => Request.Find("stream") is { ValueKind: JsonValueKind.True };

    /// <summary>The conversation: messages, or the items of <c>input</c>.</summary>
    public IReadOnlyList<JsonElement> Messages => [.. Request.FindItems(IsResponses ? "input" : "messages")];

    /// <summary>The functions that may be called; none where <c>tool_choice</c> forbids it.</summary>
    public IReadOnlyList<string> ToolNames => Request.FindText("tool_choice") == "none" ? [] : [.. Functions.Select(function => function.FindText("name") ?? "")];

    internal IEnumerable<JsonElement> Functions => Request.FindItems("tools").Select(tool => tool.Find("function") ?? tool);

    /// <summary>The function that must be called; null when none must.</summary>
    internal string? Forced => Request.Find("tool_choice") switch
    {
        { ValueKind: JsonValueKind.String } word when word.GetString() is "required" or "any" => ToolNames is [var first, ..] ? first : null,
        { ValueKind: JsonValueKind.Object } named => (named.Find("function") ?? named).FindText("name"),
        _ => null,
    };

    /// <summary>The schema that the answer is held to.</summary>
    internal JsonElement? Format => Request.Find("response_format") is { } format && format.FindText("type") == "json_schema"
        ? format.Find("json_schema")?.Find("schema")
        : Request.Find("text")?.Find("format")?.Find("schema");

    /// <summary>The most tokens that the answer may have.</summary>
    internal int MaxTokens => new[] { "max_tokens", "max_completion_tokens", "max_output_tokens" }.Select(name => Request.Find(name)).FirstOrDefault(limit => limit is not null) is { ValueKind: JsonValueKind.Number } limit
        ? limit.GetInt32()
        : int.MaxValue;

    /// <summary>Counts were asked for.</summary>
    internal bool IncludesUsage => Request.Find("stream_options")?.Find("include_usage") is { ValueKind: JsonValueKind.True };

    /// <summary>Encrypted reasoning was asked for.</summary>
    internal bool IncludesEncryptedReasoning => Request.FindItems("include").Any(item => item.GetString() == "reasoning.encrypted_content");
}
