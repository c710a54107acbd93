using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>An answer of <c>/chat/completions</c>, with the scenario's oddities.</summary>
internal sealed class ChatOutput(HttpResponse response, OpenAiCall call, OpenAiScenario scenario) : IOpenAiOutput
{
    private readonly OpenAiOddities odd = scenario.Oddities;
    private readonly PieceWriter writer = new(response, scenario.SplitSeed, call.Number);
    private readonly StringBuilder wholeText = new();
    private readonly StringBuilder wholeThinking = new();
    private readonly List<string> wholeCalls = [];
    private bool isThinking;
    private int output;
    private int thought;

    private bool IsWhole => odd.AnswersWhole || !call.Streams;

    public async Task SayAsync(string piece, CancellationToken cancellationToken)
    {
        output++;
        if (isThinking && odd.Reasoning == ReasoningPlace.Details)
        {
            await DeltaAsync("""{"reasoning_details":[{"type":"reasoning.text","text":"","signature":"SIG","format":"anthropic-claude-v1","index":0}]}""", cancellationToken);
        }

        var text = isThinking && odd.Reasoning == ReasoningPlace.ThinkTags ? $"</think>\n\n{piece}" : piece;
        isThinking = false;
        wholeText.Append(text);
        await DeltaAsync($$"""{"content":{{Quote(text)}}}""", cancellationToken);
    }

    public async Task ThinkAsync(string piece, CancellationToken cancellationToken)
    {
        output++;
        thought++;
        var text = !isThinking && odd.Reasoning == ReasoningPlace.ThinkTags ? $"<think>\n{piece}" : piece;
        isThinking = true;
        (odd.Reasoning == ReasoningPlace.ThinkTags ? wholeText : wholeThinking).Append(text);
        await DeltaAsync(Thinking(text), cancellationToken);
    }

    private string Thinking(string text) => odd.Reasoning switch
    {
        ReasoningPlace.Reasoning => $$"""{"content":null,"reasoning":{{Quote(text)}}}""",
        ReasoningPlace.Both => $$"""{"reasoning_content":{{Quote(text)}},"reasoning":{{Quote(text)}}}""",
        ReasoningPlace.Details => $$"""{"content":"","reasoning":{{Quote(text)}},"reasoning_details":[{"type":"reasoning.text","text":{{Quote(text)}},"format":"anthropic-claude-v1","index":0}]}""",
        ReasoningPlace.ThinkTags => $$"""{"content":{{Quote(text)}}}""",
        ReasoningPlace.ContentParts => $$"""{"content":[{"type":"thinking","thinking":[{"type":"text","text":{{Quote(text)}}}]}]}""",
        _ => $$"""{"content":null,"reasoning_content":{{Quote(text)}}}""",
    };

    public async Task CallAsync(IReadOnlyList<ScriptedCall> calls, CancellationToken cancellationToken)
    {
        output += calls.Sum(scripted => TokenPieces.Of(scripted.Name + scripted.ArgumentsJson).Count);
        if (odd.Arguments == ArgumentForm.InText)
        {
            foreach (var scripted in calls)
            {
                await SayAsync($$"""<tool_call>{{'\n'}}{"name": {{Quote(scripted.Name)}}, "arguments": {{scripted.ArgumentsJson}}}{{'\n'}}</tool_call>""", cancellationToken);
            }

            return;
        }

        foreach (var delta in CallPieces.Of(calls, odd))
        {
            await DeltaAsync($$"""{"tool_calls":[{{delta}}]}""", cancellationToken);
        }

        wholeCalls.AddRange(calls.Select(scripted => CallPieces.Whole(scripted, odd)));
    }

    public Task RefuseAsync(string text, CancellationToken cancellationToken) => DeltaAsync($$"""{"refusal":{{Quote(text)}}}""", cancellationToken);

    public Task WriteChunkAsync(string json, CancellationToken cancellationToken) => IsWhole ? Task.CompletedTask : EventAsync(json, cancellationToken);

    public async Task WriteRawAsync(string text, CancellationToken cancellationToken)
    {
        Begin();
        await writer.WriteAsync(text, cancellationToken);
    }

    public async Task FinishAsync(string reason, OpenAiCounts counts, CancellationToken cancellationToken)
    {
        var calls = reason == "tool_calls" && (odd.StopsAtCalls || odd.Arguments == ArgumentForm.InText) ? "stop" : reason;
        if (IsWhole)
        {
            await response.AnswerAsync(200, Whole(calls, counts), cancellationToken);
            return;
        }

        if (isThinking && odd.Reasoning == ReasoningPlace.ThinkTags)
        {
            await DeltaAsync("""{"content":"</think>"}""", cancellationToken);
        }

        await EventAsync(Chunk($$"""{"index":0,"delta":{},"finish_reason":"{{calls}}"{{(odd.Usage == UsagePlace.Choice ? $",\"usage\":{Usage(counts)}" : "")}}}""", Beside(counts)), cancellationToken);
        if (odd.Usage == UsagePlace.Extra && call.IncludesUsage)
        {
            await EventAsync(Chunk("", $",\"usage\":{Usage(counts)}"), cancellationToken);
        }

        if (odd.SendsDone)
        {
            await EventAsync("[DONE]", cancellationToken);
        }
    }

    private string Beside(OpenAiCounts counts) => odd.Usage switch
    {
        UsagePlace.Last or UsagePlace.Every => $",\"usage\":{Usage(counts)}",
        UsagePlace.Groq => $$""","x_groq":{"id":"req_1","usage":{{Usage(counts)}}}""",
        _ => ",\"usage\":null",
    };

    private Task DeltaAsync(string delta, CancellationToken cancellationToken)
    {
        var sofar = odd.Usage == UsagePlace.Every ? $",\"usage\":{Usage(new OpenAiCounts(call.PromptTokens, call.CachedTokens, output, thought))}" : "";
        return IsWhole ? Task.CompletedTask : EventAsync(Chunk($$"""{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":null}""", sofar), cancellationToken);
    }

    private string Chunk(string choice, string beside) =>
        $$"""{"id":"chatcmpl-{{call.Number}}","object":"chat.completion.chunk","created":1700000000,"model":{{Quote(call.Model)}},"system_fingerprint":null,"choices":[{{choice}}]{{beside}}}""";

    private async Task EventAsync(string data, CancellationToken cancellationToken)
    {
        Begin();
        var end = odd.SendsCarriageReturns ? "\r\n" : "\n";
        var comment = odd.SendsComments ? $": OPENROUTER PROCESSING{end}{end}" : "";
        await writer.WriteAsync($"{comment}data: {data}{end}{end}", cancellationToken);
    }

    private void Begin()
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/event-stream; charset=utf-8";
        }
    }

    private string Whole(string reason, OpenAiCounts counts)
    {
        var thinking = odd.Reasoning == ReasoningPlace.Reasoning ? "reasoning" : "reasoning_content";
        var said = wholeThinking.Length > 0 ? $",\"{thinking}\":{Quote(wholeThinking.ToString())}" : "";
        var calls = wholeCalls.Count > 0 ? $",\"tool_calls\":[{string.Join(',', wholeCalls)}]" : "";
        return $$"""
            {
              "id": "chatcmpl-{{call.Number}}",
              "object": "chat.completion",
              "model": {{Quote(call.Model)}},
              "choices": [{"index":0,"message":{"role":"assistant","content":{{(wholeText.Length > 0 ? Quote(wholeText.ToString()) : "null")}}{{said}}{{calls}}},"finish_reason":"{{reason}}"}],
              "usage": {{Usage(counts)}}
            }
            """;
    }

    private static string Usage(OpenAiCounts counts) =>
        $$$"""{"prompt_tokens":{{{counts.Prompt}}},"completion_tokens":{{{counts.Output}}},"total_tokens":{{{counts.Prompt + counts.Output}}},"prompt_tokens_details":{"cached_tokens":{{{counts.Cached}}}},"completion_tokens_details":{"reasoning_tokens":{{{counts.Reasoning}}}}}""";

    // System.Text.Json's own escaping is Python's: everything but ASCII.
    private string Quote(string text) => odd.EscapesUnicode ? JsonSerializer.Serialize(text) : Json.Write(writer => writer.WriteStringValue(text));
}
