using System.Collections.Concurrent;
using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary><c>POST /api/chat</c>.</summary>
internal sealed class ChatEndpoint(OllamaScenario scenario, ModelStore models, Runners runners)
{
    private readonly ChatAdmission admission = new(scenario, models, runners);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.OrdinalIgnoreCase);
    private int toolCallIds;

    /// <summary>The calls that were admitted.</summary>
    public RequestLog<ChatCall> Calls { get; } = new();

    /// <summary>Answers one request; returns when the response is complete, dropped by script, or the client is gone.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task HandleAsync(HttpContext http, RecordedRequest request, CancellationToken cancellationToken)
    {
        var admitted = admission.Admit(request.Body, http.Request.Headers.Authorization);
        if (admitted.Refusal is { } refusal)
        {
            await http.Response.AnswerAsync(refusal.Status, refusal.Body, cancellationToken);
        }
        else if (admitted.Call is { } call)
        {
            Calls.Add(call);
            await AnswerAsync(http, call, admitted.Runner!, cancellationToken);
        }
        else
        {
            var model = Json.Parse(request.Body).FindText("model")!;
            var line = ChatLines.Done(model, scenario.Clock.GetUtcNow(), new MessagePart(), admitted.Empty!, metrics: null);
            await http.Response.AnswerAsync(StatusCodes.Status200OK, line, cancellationToken);
        }
    }

    private async Task AnswerAsync(HttpContext http, ChatCall call, Runner runner, CancellationToken cancellationToken)
    {
        var turn = scenario.ParallelChats is { } count ? turns.GetOrAdd(call.Model.FullName, _ => new SemaphoreSlim(count)) : null;
        if (turn is not null)
        {
            await turn.WaitAsync(cancellationToken);
        }

        var generation = new Generation(call);
        try
        {
            ChatOutput output = call.Streams ? new StreamedOutput(http.Response, call, scenario) : new GatheredOutput(http.Response, call, scenario.Clock);
            var player = new ReplyPlayer(call, generation, output, http, scenario, NewToolCallId);
            await player.PlayAsync(scenario.Reply(call), cancellationToken);
        }
        finally
        {
            // Also after an abort: what was generated until then stays in the slot.
            runner.Slot = call.Prompt + generation.Turn;
            if (ChatAdmission.KeepsNothing(call.Request))
            {
                runners.Unload(call.Model);
            }

            turn?.Release();
        }
    }

    /// <summary><c>call_</c> and eight of a-z and 0-9, as the built-in parsers make them; here they count, so that runs are alike.</summary>
    private string NewToolCallId()
    {
        const string symbols = "abcdefghijklmnopqrstuvwxyz0123456789";
        // Multiplying by an odd number that is no multiple of 36's primes spreads neighbours over the alphabet and stays one to one.
        var number = (uint)Interlocked.Increment(ref toolCallIds) * 2_654_435_761L % 2_821_109_907_456L;
        return "call_" + string.Create(8, number, (text, value) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = symbols[(int)(value % symbols.Length)];
                value /= symbols.Length;
            }
        });
    }
}
