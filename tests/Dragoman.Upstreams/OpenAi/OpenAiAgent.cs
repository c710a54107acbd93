using System.Text.Json;
using Dragoman.Upstreams.Agents;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>Puts calls of both APIs before <see cref="AgentBrain"/>, and its plan into a script.</summary>
internal static class OpenAiAgent
{
    /// <summary>The reply to a call.</summary>
    public static OpenAiReply Reply(OpenAiCall call)
    {
        var plan = AgentBrain.Plan(new AgentTurn
        {
            Messages = call.IsResponses ? [.. Items(call.Messages)] : [.. call.Messages.Select(Message)],
            ToolNames = call.ToolNames,
            Attempt = call.Attempt,
            AnswersInJson = call.Format is not null || call.Forced is not null,
        });
        return plan.Aggregate(new OpenAiReply(), Add);
    }

    private static AgentMessage Message(JsonElement message) => new(
        message.FindText("role") switch
        {
            "user" => AgentRole.User,
            "assistant" => AgentRole.Model,
            "tool" => AgentRole.Tool,
            _ => AgentRole.Other,
        },
        Text(message.Find("content")),
        message.FindItems("tool_calls").Any());

    // What the model said and called in one answer are items of their own there.
    private static IEnumerable<AgentMessage> Items(IReadOnlyList<JsonElement> items)
    {
        string? said = null;
        var calls = false;
        foreach (var item in items)
        {
            var type = item.FindText("type") ?? "message";
            var isOurs = type is "reasoning" or "function_call" || item.FindText("role") == "assistant";
            if (isOurs)
            {
                said += type == "message" ? Text(item.Find("content")) : "";
                calls |= type == "function_call";
                continue;
            }

            if (said is not null)
            {
                yield return new AgentMessage(AgentRole.Model, said, calls);
                (said, calls) = (null, false);
            }

            yield return type == "function_call_output" ? new AgentMessage(AgentRole.Tool, Text(item.Find("output"))) : Message(item);
        }

        if (said is not null)
        {
            yield return new AgentMessage(AgentRole.Model, said, calls);
        }
    }

    private static string Text(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part => part.FindText("text"))),
        _ => "",
    };

    private static OpenAiReply Add(OpenAiReply reply, AgentStep step) => step switch
    {
        SayStep say => reply.Text(say.Text),
        ThinkStep think => reply.Thought(think.Text),
        CallStep calls => reply.Calls([.. calls.Calls.Select(call => (call.Name, call.ArgumentsJson))]),
        PauseStep pause => reply.Silence(pause.Duration),
        FailStep fail => reply.Error(500, fail.Words ?? "The server had an error while processing your request. Sorry about that!"),
        HangUpStep => reply.Drop(),
        _ => throw new InvalidOperationException($"The step {step.GetType().Name} has no script."),
    };
}
