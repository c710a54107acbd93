using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>Plays a script against one call: the script says what the model would write, the call's limit says how much of it is written.</summary>
internal sealed class OpenAiPlayer(OpenAiCall call, IOpenAiOutput output, HttpContext http, OpenAiScenario scenario)
{
    private bool isCut;
    private bool hasCalls;
    private int tokens;
    private int thoughts;
    private int calls;

    /// <summary>Plays the steps to the first that ends the answer; adds an ending when none does.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task PlayAsync(OpenAiReply reply, CancellationToken cancellationToken)
    {
        foreach (var step in WithAnswer(reply))
        {
            if (await PlayEndAsync(step, cancellationToken))
            {
                return;
            }

            await PlayAsync(step, cancellationToken);
            if (isCut)
            {
                break;
            }
        }

        await FinishAsync(isCut ? "length" : hasCalls ? "tool_calls" : "stop", cancellationToken);
    }

    /// <summary>When the script leaves the answer open, a forced call or the schema decides.</summary>
    private IReadOnlyList<OpenAiStep> WithAnswer(OpenAiReply reply)
    {
        if (reply.LeavesAnswerOpen && call.Forced is { } forced)
        {
            var function = call.Functions.First(function => function.FindText("name") == forced);
            return [.. reply.Steps, new CallsStep([(forced, SchemaInstance.Of(function.Find("parameters") ?? Json.Parse("""{"type":"object"}""")))])];
        }

        return reply.LeavesAnswerOpen && call.Format is { } format ? [.. reply.Steps, new TextStep([SchemaInstance.Of(format)], IsThought: false)] : reply.Steps;
    }

    /// <summary>Plays a step that ends the answer; false when it is none.</summary>
    private async Task<bool> PlayEndAsync(OpenAiStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case FinishStep finish:
                await FinishAsync(finish.Reason, cancellationToken);
                return true;
            case ErrorStep error when http.Response.HasStarted:
                await output.WriteChunkAsync(error.Json, cancellationToken);
                return true;
            case ErrorStep error:
                await http.Response.AnswerAsync(error.Status, error.Json, cancellationToken);
                return true;
            case RefuseStep refuse:
                foreach (var (name, value) in refuse.Headers)
                {
                    http.Response.Headers[name] = value;
                }

                await http.Response.AnswerAsync(refuse.Status, refuse.Body, refuse.ContentType, cancellationToken);
                return true;
            case EndStep:
                return true;
            case DropStep:
                http.Abort();
                return true;
            default:
                return false;
        }
    }

    private async Task PlayAsync(OpenAiStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case SilenceStep silence:
                await Task.Delay(silence.Duration, scenario.Clock, cancellationToken);
                break;
            case GateStep gate:
                await gate.WaitAsync(cancellationToken);
                break;
            case TextStep text:
                await SayAsync(text, cancellationToken);
                break;
            case CallsStep scripted:
                await CallAsync(scripted, cancellationToken);
                break;
            case RefusalStep refusal:
                await output.RefuseAsync(refusal.Text, cancellationToken);
                break;
            case ChunkStep chunk:
                await output.WriteChunkAsync(chunk.Json, cancellationToken);
                break;
            case RawStep raw:
                await output.WriteRawAsync(raw.Text, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"The step {step.GetType().Name} has no player.");
        }
    }

    private async Task SayAsync(TextStep step, CancellationToken cancellationToken)
    {
        foreach (var piece in step.Pieces)
        {
            if (tokens >= call.MaxTokens)
            {
                isCut = true;
                return;
            }

            tokens++;
            if (step.IsThought)
            {
                thoughts++;
                await output.ThinkAsync(piece, cancellationToken);
            }
            else
            {
                await output.SayAsync(piece, cancellationToken);
            }
        }
    }

    private async Task CallAsync(CallsStep step, CancellationToken cancellationToken)
    {
        hasCalls = true;
        tokens += step.Calls.Sum(scripted => TokenPieces.Of(scripted.Name + scripted.ArgumentsJson).Count);
        // Alike in every run, different in every answer.
        var first = calls;
        calls += step.Calls.Count;
        await output.CallAsync([.. step.Calls.Select((scripted, at) => new ScriptedCall(first + at, $"call_{call.Number}_{first + at}", scripted.Name, scripted.ArgumentsJson))], cancellationToken);
    }

    private Task FinishAsync(string reason, CancellationToken cancellationToken) =>
        output.FinishAsync(reason, new OpenAiCounts(call.PromptTokens, call.CachedTokens, tokens, thoughts), cancellationToken);
}
