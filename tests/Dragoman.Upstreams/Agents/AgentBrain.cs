using System.Text.RegularExpressions;

namespace Dragoman.Upstreams.Agents;

/// <summary>
/// A model that does what its prompt says, so that real agents do real work against it. Directives stand anywhere in a user message but in what the agent's harness adds
/// to it (a project's AGENTS.md may speak of directives):
/// <list type="bullet">
/// <item><c>[[text:Hello]]</c> says it; <c>[[think:Hm]]</c> thinks it (if the call thinks).</item>
/// <item><c>[[tool:Bash {"command":"echo one"}]]</c> calls a tool; <c>[[and]]</c> between two puts both calls in one chunk.</item>
/// <item><c>[[then]]</c> ends a round: what follows happens after the tools' results came back.</item>
/// <item><c>[[silence:3000]]</c> waits (ms); <c>[[title]]</c> says a short title.</item>
/// <item><c>[[error]]</c> or <c>[[error:mid]]</c> begins a text and breaks off with an error (any other argument words it), <c>[[drop]]</c> with a broken connection. Only a first
/// attempt breaks: when the client asks again, or to go on, the directive is passed over.</item>
/// </list>
/// After the last round it quotes the first line of each result it saw: <c>results: one | two</c>. Without directives it repeats the question.
/// A tool that the request does not offer is not called, so an agent's side request that quotes the prompt (for a title) is answered in text.
/// </summary>
public static partial class AgentBrain
{
    /// <summary>What the model does now.</summary>
    internal static IReadOnlyList<AgentStep> Plan(AgentTurn turn)
    {
        var (start, directives) = LatestDirectives(turn.Messages);
        var sinceThen = turn.Messages.Skip(start + 1).ToList();
        var rounds = Rounds(directives, turn.ToolNames);
        if (rounds.Count == 0)
        {
            return Echo(turn);
        }

        // Every answer of ours with tool calls is a round that is over.
        var ours = sinceThen.Where(message => message.Role == AgentRole.Model).ToList();
        var round = ours.Count(message => message.CallsTools);
        // Claude Code resumes a cut-off answer by sending what it got, and a request to go on: one message more than there are rounds.
        var isFirstTry = turn.Attempt == 0 && ours.Count == round;
        return round < rounds.Count ? Play(rounds[round], isFirstTry) : [new SayStep(Results(sinceThen))];
    }

    /// <summary>The most recent user message with directives: its index (-1 for none) and the directives.</summary>
    private static (int Index, IReadOnlyList<AgentDirective> Directives) LatestDirectives(IReadOnlyList<AgentMessage> messages)
    {
        for (var index = messages.Count - 1; index >= 0; index--)
        {
            if (messages[index].Role == AgentRole.User && AgentDirectives.In(Plain(messages[index].Text)) is { Count: > 0 } directives)
            {
                return (index, directives);
            }
        }

        return (-1, []);
    }

    /// <summary>The rounds that there is something to do in.</summary>
    private static List<List<AgentDirective>> Rounds(IReadOnlyList<AgentDirective> directives, IReadOnlyList<string> tools)
    {
        var rounds = new List<List<AgentDirective>> { new() };
        foreach (var directive in directives)
        {
            if (directive.Name == "then")
            {
                rounds.Add([]);
            }
            else if (directive.Name != "tool" || tools.Contains(directive.ToolCall.Name))
            {
                rounds[^1].Add(directive);
            }
        }

        rounds.RemoveAll(round => round.TrueForAll(directive => directive.Name == "and"));
        return rounds;
    }

    private static List<AgentStep> Play(List<AgentDirective> round, bool mayBreak)
    {
        var steps = new List<AgentStep>();
        for (var index = 0; index < round.Count; index++)
        {
            var directive = round[index];
            if (directive.Name == "tool")
            {
                var together = new List<AgentToolCall> { directive.ToolCall };
                while (index + 2 < round.Count && round[index + 1].Name == "and" && round[index + 2].Name == "tool")
                {
                    index += 2;
                    together.Add(round[index].ToolCall);
                }

                steps.Add(new CallStep(together));
            }
            else
            {
                steps.AddRange(Step(directive, mayBreak));
            }
        }

        return steps;
    }

    private static IEnumerable<AgentStep> Step(AgentDirective directive, bool mayBreak) => directive.Name switch
    {
        "text" => [new SayStep(directive.Argument)],
        "think" => [new ThinkStep(directive.Argument)],
        "title" => [new SayStep("Simulated title")],
        "silence" => [new PauseStep(directive.Duration)],
        "error" when mayBreak => [new SayStep("I begin"), new FailStep(directive.Argument is "" or "mid" ? null : directive.Argument)],
        "drop" when mayBreak => [new SayStep("I begin"), new HangUpStep()],
        _ => [],
    };

    private static string Results(IEnumerable<AgentMessage> messages)
    {
        var results = messages.Where(message => message.Role == AgentRole.Tool).Select(message => Plain(message.Text).Split('\n')[0]);
        return $"results: {string.Join(" | ", results)}";
    }

    /// <summary>Repeats the question; says nothing when the call asks for JSON, and so leaves the text to the schema.</summary>
    private static List<AgentStep> Echo(AgentTurn turn)
    {
        if (turn.AnswersInJson)
        {
            return [];
        }

        var question = Plain(turn.Messages.LastOrDefault(message => message.Role == AgentRole.User)?.Text ?? "");
        return [new SayStep($"I am a simulated model. You said: {(question.Length > 80 ? question[..80] + "..." : question)}")];
    }

    private static string Plain(string text) => Reminder().Replace(text, "").Trim();

    /// <summary>Notes that an agent's harness adds to results and questions.</summary>
    [GeneratedRegex("<system-reminder>.*?</system-reminder>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reminder();
}
