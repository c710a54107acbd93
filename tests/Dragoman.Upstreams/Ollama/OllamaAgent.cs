using Dragoman.Upstreams.Agents;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Puts Ollama's calls before <see cref="AgentBrain"/>, and its plan into a script.</summary>
internal static class OllamaAgent
{
    private const string RunnerStopped = "model runner has unexpectedly stopped, this may be due to resource limitations";

    /// <summary>The reply to a call.</summary>
    public static ChatReply Reply(ChatCall call)
    {
        var plan = AgentBrain.Plan(new AgentTurn
        {
            Messages = [.. call.Messages.Select(message => new AgentMessage(
                Role(PromptRendering.Role(message)), message.FindText("content") ?? "", message.FindItems("tool_calls").Any()))],
            ToolNames = call.ToolNames,
            Attempt = call.Attempt,
            AnswersInJson = call.Format is not null,
        });
        return plan.Aggregate(new ChatReply(), Add);
    }

    private static AgentRole Role(string role) => role switch
    {
        "user" => AgentRole.User,
        "assistant" => AgentRole.Model,
        "tool" => AgentRole.Tool,
        _ => AgentRole.Other,
    };

    private static ChatReply Add(ChatReply reply, AgentStep step) => step switch
    {
        SayStep say => reply.Text(say.Text),
        ThinkStep think => reply.Thinking(think.Text),
        CallStep calls => reply.ToolCalls([.. calls.Calls.Select(call => new ScriptedToolCall(call.Name, call.ArgumentsJson))]),
        PauseStep pause => reply.Silence(pause.Duration),
        FailStep fail => reply.Error(fail.Words ?? RunnerStopped),
        HangUpStep => reply.Drop(),
        _ => throw new InvalidOperationException($"The step {step.GetType().Name} has no script."),
    };
}
