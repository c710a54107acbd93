using System.Text;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// What the model has written so far, and why it must stop. The limits are the real ones: <c>num_predict</c>, a full context without
/// shift (both <c>length</c>), and stop sequences, whose text is never sent (<c>stop</c>, not told apart from a natural end).
/// </summary>
internal sealed class Generation(ChatCall call)
{
    private readonly StringBuilder thinking = new();
    private readonly StringBuilder content = new();
    private readonly List<ToolCall> calls = [];
    private readonly StopSequences thinkingStops = new(call.Stops);
    private readonly StopSequences contentStops = new(call.Stops);

    /// <summary>Tokens written, also those withheld.</summary>
    public int Tokens { get; private set; }

    /// <summary>How many tool calls were made; the next one's index.</summary>
    public int ToolCallCount => calls.Count;

    /// <summary>The done reason once a limit or a stop sequence ended the generation; null while it goes on.</summary>
    public string? Ended { get; private set; }

    /// <summary>The turn as it now stands in the KV cache.</summary>
    public string Turn => PromptRendering.AssistantTurn(thinking.ToString(), content.ToString(), calls.Select(toolCall => toolCall.Rendered));

    /// <summary>Takes one token; returns the text to send, which is empty while a stop sequence may be under way.</summary>
    public string Accept(Channel channel, string token)
    {
        var stops = channel == Channel.Content ? contentStops : thinkingStops;
        var text = stops.Next(token);
        (channel == Channel.Content ? content : thinking).Append(text);
        Count(1);
        if (stops.Hit)
        {
            Ended = "stop";
        }

        return text;
    }

    /// <summary>Takes a whole tool call; false when the tokens run out inside it, and then nothing of it is sent.</summary>
    public bool Accept(ToolCall toolCall)
    {
        var tokens = Math.Max(1, PromptRendering.Tokens(toolCall.Rendered));
        if (Tokens + tokens > call.MaxTokens)
        {
            Count(call.MaxTokens - Tokens);
            return false;
        }

        calls.Add(toolCall);
        Count(tokens);
        return true;
    }

    /// <summary>The text that was withheld for a stop sequence which did not come.</summary>
    public string Rest(Channel channel)
    {
        var text = (channel == Channel.Content ? contentStops : thinkingStops).Rest();
        (channel == Channel.Content ? content : thinking).Append(text);
        return text;
    }

    private void Count(int tokens)
    {
        Tokens += tokens;
        if (Tokens >= call.MaxTokens || (!call.Shift && call.PromptTokens + Tokens >= call.NumCtx))
        {
            Ended ??= "length";
        }
    }
}
