using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Plays a script against one call: the script says what the model would write, the call's limits say how much of it is written.</summary>
internal sealed class ReplyPlayer(ChatCall call, Generation generation, ChatOutput output, HttpContext http, OllamaScenario scenario, Func<string> newToolCallId)
{
    private readonly List<ToolCall> callsForDoneLine = [];
    private TimeSpan pace = scenario.Pace;

    /// <summary>Plays the steps to the first that ends the reply; adds a done line when none does.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task PlayAsync(ChatReply reply, CancellationToken cancellationToken)
    {
        foreach (var step in WithFormat(reply))
        {
            if (await PlayEndAsync(step, cancellationToken))
            {
                return;
            }

            await PlayAsync(step, cancellationToken);
            if (generation.Ended is not null)
            {
                break;
            }
        }

        await DoneAsync(new DoneStep("stop", null, null), cancellationToken);
    }

    /// <summary>When the request has a <c>format</c> and the script leaves the answer open, the answer is an instance of the schema, as the grammar would force.</summary>
    private IReadOnlyList<ReplyStep> WithFormat(ChatReply reply)
    {
        if (call.Format is not { } schema || !reply.LeavesAnswerOpen)
        {
            return reply.Steps;
        }

        var text = new TokensStep(Channel.Content, TokenPieces.Of(SchemaInstance.Of(schema)));
        var beforeEnd = reply.Steps.TakeWhile(step => step is not DoneStep).ToList();
        return [.. beforeEnd, text, .. reply.Steps.Skip(beforeEnd.Count)];
    }

    /// <summary>Plays a step that ends the reply; false when it is none.</summary>
    private async Task<bool> PlayEndAsync(ReplyStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case DoneStep done:
                await DoneAsync(done, cancellationToken);
                return true;
            case ErrorStep error:
                await output.ErrorAsync(error.Text, cancellationToken);
                return true;
            case EndStep:
                await output.EndAsync(cancellationToken);
                return true;
            case DropStep:
                http.Abort();
                return true;
            case HttpErrorStep error:
                await AnswerErrorAsync(error, cancellationToken);
                return true;
            default:
                return false;
        }
    }

    private Task PlayAsync(ReplyStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case SilenceStep silence:
                return Task.Delay(silence.Duration, scenario.Clock, cancellationToken);
            case GateStep gate:
                return gate.WaitAsync(cancellationToken);
            case PaceStep newPace:
                pace = newPace.Delay;
                return Task.CompletedTask;
            case TokensStep tokens:
                return TokensAsync(tokens, cancellationToken);
            case ToolCallsStep calls:
                return ToolCallsAsync(calls, cancellationToken);
            case MixedStep mixed:
                return MixedAsync(mixed, cancellationToken);
            case RawLineStep line:
                return output.WriteRawAsync(line.Line, cancellationToken);
            default:
                throw new InvalidOperationException($"The step {step.GetType().Name} has no player.");
        }
    }

    private async Task TokensAsync(TokensStep step, CancellationToken cancellationToken)
    {
        if (step.Channel == Channel.Thinking && !call.Thinks)
        {
            return;
        }

        foreach (var piece in step.Pieces)
        {
            await WaitForTokenAsync(cancellationToken);
            await WriteTextAsync(step.Channel, generation.Accept(step.Channel, piece), cancellationToken);
            if (generation.Ended is not null)
            {
                return;
            }
        }

        await WriteTextAsync(step.Channel, generation.Rest(step.Channel), cancellationToken);
    }

    private Task WriteTextAsync(Channel channel, string text, CancellationToken cancellationToken) => text.Length == 0
        ? Task.CompletedTask
        : output.WriteAsync(channel == Channel.Content ? new MessagePart(Content: text) : new MessagePart(Thinking: text), cancellationToken);

    private async Task ToolCallsAsync(ToolCallsStep step, CancellationToken cancellationToken)
    {
        await WaitForTokenAsync(cancellationToken);
        var calls = Accepted(step.Calls);
        if ((step.Placement ?? call.Model.ToolCallsIn) == ToolCallPlacement.DoneLine)
        {
            callsForDoneLine.AddRange(calls);
        }
        else if (calls.Count > 0)
        {
            await output.WriteAsync(new MessagePart { ToolCalls = calls }, cancellationToken);
        }
    }

    private Task MixedAsync(MixedStep step, CancellationToken cancellationToken)
    {
        var thinking = call.Thinks && step.Thinking.Length > 0 ? generation.Accept(Channel.Thinking, step.Thinking) + generation.Rest(Channel.Thinking) : "";
        var content = step.Content.Length > 0 ? generation.Accept(Channel.Content, step.Content) + generation.Rest(Channel.Content) : "";
        return output.WriteAsync(new MessagePart(thinking, content) { ToolCalls = Accepted(step.Calls) }, cancellationToken);
    }

    private List<ToolCall> Accepted(IEnumerable<ScriptedToolCall> scripted)
    {
        var accepted = new List<ToolCall>();
        foreach (var toolCall in scripted)
        {
            var made = ToolCall.From(toolCall, generation.ToolCallCount, newToolCallId);
            if (!generation.Accept(made))
            {
                break;
            }

            accepted.Add(made);
        }

        return accepted;
    }

    private Task DoneAsync(DoneStep step, CancellationToken cancellationToken) => output.DoneAsync(
        new MessagePart { ToolCalls = [.. callsForDoneLine] },
        generation.Ended ?? step.Reason,
        Metrics.Of(call, step.PromptEval, step.Eval ?? generation.Tokens),
        cancellationToken);

    private Task AnswerErrorAsync(HttpErrorStep error, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in error.Headers)
        {
            http.Response.Headers[name] = value;
        }

        var contentType = error.Body.StartsWith('{') ? "application/json; charset=utf-8" : "text/plain";
        return http.Response.AnswerAsync(error.Status, error.Body, contentType, cancellationToken);
    }

    private Task WaitForTokenAsync(CancellationToken cancellationToken) =>
        pace > TimeSpan.Zero ? Task.Delay(pace, scenario.Clock, cancellationToken) : Task.CompletedTask;
}
