using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>A chat call that passed validation and for which the model is loaded: what it asked for, and what Ollama made of it.</summary>
public sealed record ChatCall
{
    /// <summary>Counts the chat calls that the server admitted, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>How often a call with these very messages was admitted before: a client that tries again.</summary>
    public required int Attempt { get; init; }

    /// <summary>The request's body, byte for byte.</summary>
    public required string Body { get; init; }

    /// <summary>The parsed body.</summary>
    public required JsonElement Request { get; init; }

    /// <summary>The model that answers.</summary>
    public required SimulatedModel Model { get; init; }

    /// <summary>Whether the model thinks: unset counts as true for a thinking model, and gpt-oss cannot be stopped from it.</summary>
    public required bool Thinks { get; init; }

    /// <summary>The context in tokens: the request's, else the Modelfile's, else the server's, clamped to what the model was trained for.</summary>
    public required int NumCtx { get; init; }

    /// <summary>Whether a full context is shifted (old tokens forgotten) instead of ending the generation.</summary>
    public required bool Shift { get; init; }

    /// <summary>The most tokens that the reply may have; <c>num_predict</c>, never more than ten times <see cref="NumCtx"/>.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>The conversation as the model's renderer wrote it, after truncation to the context.</summary>
    public required string Prompt { get; init; }

    /// <summary>The tokens of <see cref="Prompt"/>, at four characters a token and 768 an image.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>How many messages were dropped from the front to fit the context. Nothing in the reply tells a client about it.</summary>
    public required int DroppedMessages { get; init; }

    /// <summary>The part (0 to 1) of the prompt that was still in the KV cache from the model's previous call and need not be evaluated again.</summary>
    public required double PrefixReuse { get; init; }

    /// <summary>Whether this call made the server load the model, for the first time or again with other settings.</summary>
    public required bool LoadedModel { get; init; }

    /// <summary>The conversation's messages.</summary>
    public IReadOnlyList<JsonElement> Messages => [.. Request.FindItems("messages")];

    /// <summary>Whether the reply is streamed; the default.</summary>
    public bool Streams => Request.Find("stream") is not { ValueKind: JsonValueKind.False };

    /// <summary>The names of the tools offered.</summary>
    public IReadOnlyList<string> ToolNames => [.. Request.FindItems("tools").Select(tool => tool.Find("function")?.FindText("name") ?? "")];

    /// <summary>The stop sequences.</summary>
    internal IReadOnlyList<string> Stops => [.. Request.Find("options")?.FindItems("stop").Select(stop => stop.GetString() ?? "") ?? []];

    /// <summary>The schema of <c>format</c>, or an empty one for <c>"json"</c>; null when the text is free.</summary>
    internal JsonElement? Format => Request.Find("format") switch
    {
        { ValueKind: JsonValueKind.Object } schema => schema,
        { ValueKind: JsonValueKind.String } word when word.ValueEquals("json") => Json.Parse("""{"type":"object"}"""),
        _ => null,
    };
}
