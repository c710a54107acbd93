using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Agents;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Puts Gemini's calls before <see cref="AgentBrain"/>, and its plan into a script. A call that offers a search is answered with sources.</summary>
internal static partial class GeminiAgent
{
    /// <summary>The reply to a call.</summary>
    public static GeminiReply Reply(GeminiCall call)
    {
        if (call.Searches || call.ReadsAddresses)
        {
            return Researched(call);
        }

        var plan = AgentBrain.Plan(new AgentTurn
        {
            Messages = [.. Messages(call)],
            ToolNames = call.ToolNames,
            Attempt = call.Attempt,
            AnswersInJson = call.Format is not null || call.Mode == "ANY",
        });
        return plan.Aggregate(new GeminiReply(), Add);
    }

    private static GeminiReply Add(GeminiReply reply, AgentStep step) => step switch
    {
        SayStep say => reply.Text(say.Text),
        ThinkStep think => reply.Thought(think.Text),
        CallStep calls => reply.Calls([.. calls.Calls.Select(call => (call.Name, call.ArgumentsJson))]),
        PauseStep pause => reply.Silence(pause.Duration),
        FailStep fail => reply.Error(fail.Words is null ? GoogleError.Internal : GoogleError.Internal with { Message = fail.Words }),
        HangUpStep => reply.Drop(),
        _ => throw new InvalidOperationException($"The step {step.GetType().Name} has no script."),
    };

    private static IEnumerable<AgentMessage> Messages(GeminiCall call)
    {
        List<JsonElement> calls = [];
        foreach (var content in call.Contents)
        {
            var text = string.Concat(GeminiRequestParts.Parts(content).Where(part => part.Find("thought") is null).Select(part => part.FindText("text")));
            if (GeminiRequestParts.Role(content) == "model")
            {
                calls = [.. GeminiRequestParts.Calls(content)];
                yield return new AgentMessage(AgentRole.Model, text, calls.Count > 0);
                continue;
            }

            foreach (var response in call.ReadsCallIds ? InOrder(GeminiRequestParts.Responses(content), calls) : GeminiRequestParts.Responses(content))
            {
                yield return new AgentMessage(AgentRole.Tool, ResultText(response));
            }

            if (text.Length > 0)
            {
                yield return new AgentMessage(AgentRole.User, text);
            }
        }
    }

    /// <summary>Responses in the order of the calls. Ids tell which is whose; without ids the place does.</summary>
    private static IEnumerable<JsonElement> InOrder(IEnumerable<JsonElement> responses, List<JsonElement> calls) =>
        responses.OrderBy(response => response.FindText("id") is { } id ? calls.FindIndex(asked => asked.FindText("id") == id) : 0);

    private static string ResultText(JsonElement response) => response.Find("response") is not { } result
        ? ""
        : result.FindText("output") ?? result.FindText("error") ?? result.FindText("result") ?? Json.Compact(result);

    private static GeminiReply Researched(GeminiCall call)
    {
        var question = string.Concat(GeminiRequestParts.Parts(call.Contents[^1]).Select(part => part.FindText("text"))).Trim();
        var query = Query().Match(question) is { Success: true } found ? found.Groups["query"].Value.Trim() : question;
        var first = $"Größtes über {query}: the first page knows it.";
        const string second = "The second page agrees.";
        return new GeminiReply().Text($"{first} {second}").Grounded(new Grounding
        {
            Queries = call.Searches ? [query] : [],
            Pages = call.Searches ? [new("https://one.example/page?q=1", "one.example"), new("https://two.example/", "two.example")] : [],
            Supports = call.Searches ? [new(first, 0), new(second, 0, 1)] : [],
            Read = call.ReadsAddresses ? [.. Address().Matches(question).Select(match => match.Value).Distinct()] : [],
        });
    }

    // What Claude Code's search asks a model to do.
    [GeneratedRegex("search for the query:(?<query>.*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Query();

    [GeneratedRegex("https?://[^\\s\"'<>)]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
