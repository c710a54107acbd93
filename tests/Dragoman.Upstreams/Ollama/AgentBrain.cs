using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// A model that does what its prompt says, so that real agents do real work against it. Directives stand anywhere in a user message:
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
    private const string RunnerStopped = "model runner has unexpectedly stopped, this may be due to resource limitations";

    /// <summary>The reply to a call.</summary>
    public static ChatReply Reply(ChatCall call)
    {
        var messages = call.Messages;
        var (start, directives) = LatestDirectives(messages);
        var sinceThen = messages.Skip(start + 1).ToList();
        var rounds = Rounds(directives, call.ToolNames);
        if (rounds.Count == 0)
        {
            return Echo(call);
        }

        // Every answer of ours with tool calls is a round that is over.
        var ours = sinceThen.Where(message => PromptRendering.Role(message) == "assistant").ToList();
        var round = ours.Count(message => message.FindItems("tool_calls").Any());
        // Claude Code resumes a cut-off answer by sending what it got, and a request to go on: one message more than there are rounds.
        var isFirstTry = call.Attempt == 0 && ours.Count == round;
        return round < rounds.Count ? Play(rounds[round], isFirstTry) : new ChatReply().Text(Results(sinceThen));
    }

    /// <summary>The most recent user message with directives: its index (-1 for none) and the directives.</summary>
    private static (int Index, IReadOnlyList<AgentDirective> Directives) LatestDirectives(IReadOnlyList<JsonElement> messages)
    {
        for (var index = messages.Count - 1; index >= 0; index--)
        {
            if (PromptRendering.Role(messages[index]) == "user"
                && AgentDirectives.In(messages[index].FindText("content") ?? "") is { Count: > 0 } directives)
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

    private static ChatReply Play(List<AgentDirective> round, bool mayBreak)
    {
        var reply = new ChatReply();
        for (var index = 0; index < round.Count; index++)
        {
            var directive = round[index];
            if (directive.Name == "tool")
            {
                var together = new List<ScriptedToolCall> { directive.ToolCall };
                while (index + 2 < round.Count && round[index + 1].Name == "and" && round[index + 2].Name == "tool")
                {
                    index += 2;
                    together.Add(round[index].ToolCall);
                }

                reply = reply.ToolCalls(together);
                continue;
            }

            reply = directive.Name switch
            {
                "text" => reply.Text(directive.Argument),
                "think" => reply.Thinking(directive.Argument),
                "title" => reply.Text("Simulated title"),
                "silence" => reply.Silence(directive.Duration),
                "error" when mayBreak => reply.Text("I begin").Error(directive.Argument is "" or "mid" ? RunnerStopped : directive.Argument),
                "drop" when mayBreak => reply.Text("I begin").Drop(),
                _ => reply,
            };
        }

        return reply;
    }

    private static string Results(IEnumerable<JsonElement> messages)
    {
        var results = messages.Where(message => PromptRendering.Role(message) == "tool")
            .Select(message => Reminder().Replace(message.FindText("content") ?? "", "").Trim().Split('\n')[0]);
        return $"results: {string.Join(" | ", results)}";
    }

    /// <summary>Repeats the question; says nothing when a format asks for JSON, and so leaves the text to the schema.</summary>
    private static ChatReply Echo(ChatCall call)
    {
        if (call.Format is not null)
        {
            return new ChatReply();
        }

        var question = call.Messages.LastOrDefault(message => PromptRendering.Role(message) == "user") is { ValueKind: JsonValueKind.Object } message
            ? Reminder().Replace(message.FindText("content") ?? "", "").Trim()
            : "";
        return new ChatReply().Text($"I am a simulated model. You said: {(question.Length > 80 ? question[..80] + "..." : question)}");
    }

    /// <summary>Notes that an agent's harness adds to results and questions.</summary>
    [GeneratedRegex("<system-reminder>.*?</system-reminder>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reminder();
}
