using System.Text;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Plays a script against one call: the script says what the model would write, the call's limits say how much of it is written.</summary>
internal sealed class GeminiPlayer(GeminiCall call, GeminiOutput output, HttpContext http, GeminiScenario scenario, ThoughtSignatures signatures, Func<string> newCallId)
{
    // What a search puts before the model, in tokens.
    private const int SearchTokens = 48;

    private readonly StringBuilder answer = new();
    private readonly StopSequences stops = new(call.Stops);
    private TimeSpan pace = scenario.Pace;
    private Grounding? grounding;
    private UsageStep? usage;
    private string? ended;
    private bool isSigned;
    private bool hasCalls;
    private int candidates;
    private int thoughts;

    /// <summary>Plays the steps to the first that ends the answer; adds a last chunk when none does.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task PlayAsync(GeminiReply reply, CancellationToken cancellationToken)
    {
        foreach (var step in WithAnswer(reply))
        {
            if (await PlayEndAsync(step, cancellationToken))
            {
                return;
            }

            await PlayAsync(step, cancellationToken);
            if (ended is not null)
            {
                break;
            }
        }

        await FinishAsync(new FinishStep(ended ?? "STOP", null), cancellationToken);
    }

    /// <summary>When the script leaves the answer open, a forced call or the format decides.</summary>
    private IEnumerable<GeminiStep> WithAnswer(GeminiReply reply)
    {
        if (reply.LeavesAnswerOpen && call.Mode == "ANY" && call.ToolNames is [var forced, ..])
        {
            var function = call.Functions.First(function => function.FindText("name") == forced);
            var schema = function.Find("parameters") ?? function.Find("parametersJsonSchema") ?? Json.Parse("""{"type":"object"}""");
            return [.. reply.Steps, new CallsStep([(forced, SchemaInstance.Of(schema))], IsTerminated: true)];
        }

        return reply.LeavesAnswerOpen && call.Format is { } format
            ? [.. reply.Steps, new TextStep([SchemaInstance.Of(format)], IsThought: false)]
            : reply.Steps;
    }

    /// <summary>Plays a step that ends the answer; false when it is none.</summary>
    private async Task<bool> PlayEndAsync(GeminiStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case FinishStep finish:
                await FinishAsync(finish, cancellationToken);
                return true;
            case ErrorStep { Error: var error } when http.Response.HasStarted:
                await output.WriteRawAsync(Json.Write(error.WriteTo), cancellationToken);
                await output.CloseAsync(cancellationToken);
                return true;
            case ErrorStep { Error: var error }:
                await http.Response.AnswerAsync(error, call.Route.Streams && scenario.WrapsErrors, cancellationToken);
                return true;
            case RefuseStep refuse:
                await http.Response.AnswerAsync(refuse.Status, refuse.Body, refuse.ContentType, cancellationToken);
                return true;
            case CloseStep:
                await output.CloseAsync(cancellationToken);
                return true;
            case EndStep:
                await output.CutAsync(cancellationToken);
                return true;
            case DropStep:
                http.Abort();
                return true;
            default:
                return false;
        }
    }

    private Task PlayAsync(GeminiStep step, CancellationToken cancellationToken)
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
            case GroundingStep sources:
                grounding = sources.Grounding;
                return Task.CompletedTask;
            case UsageStep counts:
                usage = counts;
                return Task.CompletedTask;
            case TextStep text:
                return text.IsThought ? ThinkAsync(text, cancellationToken) : SayAsync(text, cancellationToken);
            case CallsStep calls:
                return CallAsync(calls, cancellationToken);
            case PartStep part:
                return WriteAsync(part.Json, cancellationToken);
            case ChunkStep chunk:
                return output.WriteRawAsync(chunk.Json, cancellationToken);
            default:
                throw new InvalidOperationException($"The step {step.GetType().Name} has no player.");
        }
    }

    private async Task ThinkAsync(TextStep step, CancellationToken cancellationToken)
    {
        foreach (var chunk in step.Chunks.TakeWhile(_ => call.Thinks && ended is null))
        {
            thoughts += Fitting(TokenPieces.Of(chunk).Count);
            if (call.ShowsThoughts)
            {
                await WriteAsync(GeminiParts.Text(chunk, isThought: true, signature: null), cancellationToken);
            }
        }
    }

    private async Task SayAsync(TextStep step, CancellationToken cancellationToken)
    {
        foreach (var chunk in step.Chunks)
        {
            var tokens = TokenPieces.Of(chunk);
            var fitting = Fitting(tokens.Count);
            candidates += fitting;
            var text = stops.Next(string.Concat(tokens.Take(fitting)));
            if (stops.Hit)
            {
                ended = "STOP";
            }

            await SayAsync(text, cancellationToken);
            if (ended is not null)
            {
                return;
            }
        }

        await SayAsync(stops.Rest(), cancellationToken);
    }

    private Task SayAsync(string text, CancellationToken cancellationToken)
    {
        answer.Append(text);
        return text.Length == 0 ? Task.CompletedTask : WriteAsync(GeminiParts.Text(text, isThought: false, signature: null), cancellationToken);
    }

    private async Task CallAsync(CallsStep step, CancellationToken cancellationToken)
    {
        var whole = new List<string>();
        foreach (var (name, argumentsJson) in step.Calls)
        {
            var arguments = Json.Parse(argumentsJson);
            var tokens = TokenPieces.Of(name + argumentsJson).Count;
            // A call that isn't whole is not sent.
            if (Fitting(tokens) < tokens)
            {
                break;
            }

            candidates += tokens;
            hasCalls = true;
            var signature = Sign(() => signatures.ForCall(call.Model.Name, name, arguments));
            var id = scenario.GivesCallIds ? newCallId() : null;
            var shown = scenario.PrefixesNames ? $"default_api:{name}" : name;
            if (!call.StreamsArguments && !(scenario.StreamsArguments && call.Route.Streams))
            {
                whole.Add(GeminiParts.Call(shown, arguments, id, signature));
                continue;
            }

            foreach (var part in GeminiParts.Streamed(shown, arguments, id, signature, step.IsTerminated))
            {
                await WriteAsync(part, cancellationToken);
            }
        }

        if (whole.Count > 0)
        {
            await WriteAsync(whole, cancellationToken);
        }
    }

    /// <summary>How many of these tokens the limit leaves; notes when it is used up.</summary>
    private int Fitting(int tokens)
    {
        var left = call.MaxTokens - candidates - thoughts;
        if (tokens >= left)
        {
            ended = "MAX_TOKENS";
        }

        return Math.Min(tokens, left);
    }

    /// <summary>A signature, if the model signs and this answer has none yet. Of parallel calls only the first one has one.</summary>
    private string? Sign(Func<string> issue)
    {
        if (isSigned || !call.Thinks)
        {
            return null;
        }

        isSigned = true;
        return issue();
    }

    private async Task FinishAsync(FinishStep step, CancellationToken cancellationToken)
    {
        var ends = step.Reason is "STOP" or "MAX_TOKENS";
        // The models before 3 sign only where functions are on offer.
        var signs = ends && !hasCalls && (call.Model.NeedsSignatures || call.Functions.Any());
        var signature = signs ? Sign(() => signatures.ForText(call.Model.Name)) : null;
        var last = signature is not null || (ends && call.Flavour == ApiFlavour.GeminiApi) ? GeminiParts.Text("", isThought: false, signature) : null;
        await output.WriteAsync(
            new GeminiChunk
            {
                Parts = last is null ? [] : [last],
                FinishReason = step.Reason,
                FinishMessage = step.Message,
                Sources = grounding is null ? null : (grounding, answer.ToString()),
                Counts = Counts(),
            },
            cancellationToken);
        await output.CloseAsync(cancellationToken);
    }

    private Task WriteAsync(string part, CancellationToken cancellationToken) => WriteAsync([part], cancellationToken);

    private async Task WriteAsync(IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        if (pace > TimeSpan.Zero)
        {
            await Task.Delay(pace, scenario.Clock, cancellationToken);
        }

        // Vertex AI counts at the end only.
        var counts = scenario.CountsAtEndOnly || call.Flavour.IsVertex() ? null : Counts();
        await output.WriteAsync(new GeminiChunk { Parts = parts, Counts = counts }, cancellationToken);
    }

    private GeminiCounts Counts() => new(
        usage?.Prompt ?? call.PromptTokens,
        usage?.Cached ?? call.CachedTokens,
        usage?.Candidates ?? candidates,
        usage?.Thoughts ?? thoughts,
        usage?.ToolUse ?? (grounding is { Queries.Count: > 0 } ? SearchTokens : 0));
}
