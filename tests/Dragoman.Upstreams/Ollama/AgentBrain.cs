using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// A "model" that does what the user's prompt says, so that real agents can be driven: <c>[[think:…]] [[text:…]] [[tool:NAME {json}]]</c>;
/// <c>[[and]]</c> joins calls of one answer, <c>[[then]]</c> begins the next answer. When all is done it quotes the tool results that it saw:
/// <c>results: one | two</c>. <c>[[error]]</c> and <c>[[drop]]</c> break the first attempt, <c>[[silence:MILLISECONDS]]</c> says nothing for a while.
/// </summary>
public static partial class AgentBrain
{
    [GeneratedRegex(@"\[\[(?<verb>[a-z]+)(:(?<rest>.*?))?\]\](?!\])", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Directive();

    /// <summary>The answer to a call.</summary>
    public static ChatReply Reply(ChatCall call)
    {
        var messages = call.Messages;
        var asked = LastWithDirectives(messages);
        if (asked < 0) return Plain(call);
        var rounds = Rounds(Content(messages[asked]));
        var round = messages.Skip(asked + 1).Count(message => Role(message) == "assistant");
        return round < rounds.Count ? Play(rounds[round], call) : Summarize(messages.Skip(asked + 1));
    }

    private static ChatReply Plain(ChatCall call) =>
        call.Format is { } format ? new ChatReply().Text(SchemaInstance.Of(format)) : new ChatReply().Text("I am a simulated model.");

    private static ChatReply Play(List<(string Verb, string Text)> round, ChatCall call)
    {
        var reply = new ChatReply();
        foreach (var (verb, rest) in round)
        {
            switch (verb)
            {
                case "text": reply.Text(rest); break;
                case "think": reply.Thinking(rest); break;
                case "silence": reply.Silence(TimeSpan.FromMilliseconds(int.Parse(rest))); break;
                case "tool": Tool(reply, rest); break;
                // Only a first attempt breaks: the client's own second one has to get through. Claude Code lowers max_tokens for it, so the count can't be seen in the body.
                case "error" when call.Attempt == 0: return reply.Text("I begin").Error("model runner has unexpectedly stopped, this may be due to resource limitations");
                case "drop" when call.Attempt == 0: return reply.Text("I begin").Drop();
            }
        }

        return reply;
    }

    private static void Tool(ChatReply reply, string rest)
    {
        var space = rest.IndexOf(' ');
        if (space < 0) reply.ToolCall(rest, "{}");
        else reply.ToolCall(rest[..space], rest[(space + 1)..]);
    }

    private static ChatReply Summarize(IEnumerable<JsonElement> messages)
    {
        var results = messages.Where(message => Role(message) == "tool").Select(message => Content(message).Trim().Split('\n')[0]);
        return new ChatReply().Text($"results: {string.Join(" | ", results)}");
    }

    private static List<List<(string Verb, string Text)>> Rounds(string prompt)
    {
        var rounds = new List<List<(string, string)>> { new() };
        foreach (Match match in Directive().Matches(prompt))
        {
            if (match.Groups["verb"].Value == "then") rounds.Add([]);
            else rounds[^1].Add((match.Groups["verb"].Value, match.Groups["rest"].Value));
        }

        return rounds;
    }

    private static int LastWithDirectives(IReadOnlyList<JsonElement> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (Role(messages[i]) == "user" && Directive().IsMatch(Content(messages[i]))) return i;
        }

        return -1;
    }

    private static string Role(JsonElement message) => message.GetProperty("role").GetString()!;

    private static string Content(JsonElement message) => message.TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";
}
