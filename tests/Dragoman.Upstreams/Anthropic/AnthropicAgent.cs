using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Agents;
using Dragoman.Upstreams.Serving;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.Anthropic;

/// <summary>Puts Anthropic's calls before <see cref="AgentBrain"/>, and its plan into an answer. A call that offers a search is answered with invented pages.</summary>
internal sealed partial class AnthropicAgent
{
    private readonly ConcurrentDictionary<string, int> attempts = new(StringComparer.Ordinal);

    // What Claude Code's search asks a model to do.
    [GeneratedRegex("search for the query:(?<query>.*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Query();

    /// <summary>The answer to a call.</summary>
    public AnthropicReply Reply(AnthropicCall call)
    {
        var request = call.Json;
        if (Refusal(request) is { } refused)
        {
            return refused;
        }

        var answer = new AnthropicAnswer(call.Number, request, Tokens(call));
        if (Tools(request).Any(tool => tool.FindText("type")?.StartsWith("web_search_", StringComparison.Ordinal) == true) && Query().Match(LastText(request)) is { Success: true } query)
        {
            return answer.Search(query.Groups["query"].Value.Trim()).Say("Here is what I found: the first page knows it.").End();
        }

        var attempt = attempts.AddOrUpdate(Json.Compact(request.GetProperty("messages")), 0, (_, before) => before + 1);
        var plan = AgentBrain.Plan(new AgentTurn
        {
            Messages = [.. request.FindItems("messages").SelectMany(Messages)],
            ToolNames = Callable(request),
            Attempt = attempt,
            AnswersInJson = Format(request) is not null || Forced(request) is not null,
        });
        return plan.Count == 0 ? Obey(answer, request).End() : Play(answer, plan);
    }

    /// <summary>A count of a prompt: a token for four bytes.</summary>
    public static AnthropicReply Count(AnthropicCall call) => Refusal(call.Json) ?? AnthropicReply.Json($$"""{"input_tokens":{{Tokens(call)}}}""");

    private static AnthropicReply Play(AnthropicAnswer answer, IReadOnlyList<AgentStep> plan)
    {
        foreach (var step in plan)
        {
            switch (step)
            {
                case SayStep say:
                    answer.Say(say.Text);
                    break;
                case ThinkStep think:
                    answer.Think(think.Text);
                    break;
                case CallStep calls:
                    foreach (var scripted in calls.Calls) answer.Call(scripted.Name, scripted.ArgumentsJson);
                    break;
                case PauseStep pause:
                    answer.Pause(pause.Duration);
                    break;
                case FailStep fail:
                    return answer.Fail(fail.Words ?? "Internal server error");
                case HangUpStep:
                    return answer.HangUp();
                default:
                    throw new InvalidOperationException($"The step {step.GetType().Name} has no answer.");
            }
        }

        return answer.End();
    }

    // Nothing was told it, but a schema or a forced call leaves it no choice.
    private static AnthropicAnswer Obey(AnthropicAnswer answer, JsonElement request)
    {
        if (Forced(request) is { } forced)
        {
            return answer.Call(forced.FindText("name")!, SchemaInstance.Of(forced.GetProperty("input_schema")));
        }

        return Format(request) is { } format ? answer.Say(SchemaInstance.Of(format)) : answer;
    }

    private static AnthropicReply? Refusal(JsonElement request)
    {
        if (request.FindText("model") is var model && model != AnthropicScenario.AgentModel)
        {
            return AnthropicReply.Error(404, "not_found_error", $"model: {model}");
        }

        if (request.Find("max_tokens") is { ValueKind: JsonValueKind.Number } limit && limit.GetInt64() < 0)
        {
            return AnthropicReply.Error(400, "invalid_request_error", "max_tokens: Input should be greater than or equal to 0");
        }

        return null;
    }

    // Results in the order of the calls, then what the user says beside them.
    private static IEnumerable<AgentMessage> Messages(JsonElement message, int index)
    {
        var role = message.FindText("role") switch
        {
            "user" => AgentRole.User,
            "assistant" => AgentRole.Model,
            _ => AgentRole.Other,
        };
        var blocks = message.FindItems("content").ToList();
        foreach (var result in blocks.Where(block => block.FindText("type") == "tool_result").OrderBy(block => block.FindText("tool_use_id"), StringComparer.Ordinal))
        {
            yield return new AgentMessage(AgentRole.Tool, Text(result.Find("content")));
        }

        var text = Text(message.Find("content"));
        if (role != AgentRole.User || text.Length > 0)
        {
            yield return new AgentMessage(role, text, blocks.Any(block => block.FindText("type") == "tool_use"));
        }
    }

    private static string Text(JsonElement? content) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } blocks => string.Concat(blocks.EnumerateArray().Where(block => block.FindText("type") == "text").Select(block => block.FindText("text"))),
        _ => "",
    };

    private static string LastText(JsonElement request) => Text(request.FindItems("messages").Last().Find("content"));

    private static IEnumerable<JsonElement> Tools(JsonElement request) => request.FindItems("tools");

    // Tools that are still hidden can be called by a client that has them loaded: Anthropic's own search does that.
    private static List<string> Callable(JsonElement request) => request.Find("tool_choice")?.FindText("type") == "none" ? [] : [.. Tools(request).Select(tool => tool.FindText("name") ?? "")];

    private static JsonElement? Format(JsonElement request) => request.Find("output_config")?.Find("format")?.Find("schema");

    private static JsonElement? Forced(JsonElement request) => request.Find("tool_choice") is not { } choice
        ? null
        : choice.FindText("type") switch
        {
            "tool" => Tools(request).Cast<JsonElement?>().FirstOrDefault(tool => tool?.FindText("name") == choice.FindText("name")),
            "any" => Tools(request).Cast<JsonElement?>().FirstOrDefault(tool => tool?.Find("input_schema") is not null),
            _ => null,
        };

    private static int Tokens(AnthropicCall call) => Math.Max(1, call.Request.BodyBytes.Length / 4);
}
