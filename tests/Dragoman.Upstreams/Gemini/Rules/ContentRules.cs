using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>Who may say what after whom, and what a part must have.</summary>
internal static class ContentRules
{
    private const string DocsOfGemini = "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini";
    private const string CallTurn =
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";

    /// <summary>Checks the shape of contents and system instruction.</summary>
    /// <exception cref="RequestFault">A rule is broken.</exception>
    public static void CheckParts(GeminiRequestParts request)
    {
        if (request.Contents.Count == 0)
        {
            throw RequestFault.Of(
                request.Flavour,
                "* GenerateContentRequest.contents: contents is not specified\n",
                $"at least one contents field is required. {DocsOfGemini}");
        }

        foreach (var (index, content) in request.Contents.Index())
        {
            CheckContent(request, content, $"GenerateContentRequest.contents[{index}]");
        }

        if (request.SystemInstruction is { } system)
        {
            CheckContent(request, system, "GenerateContentRequest.system_instruction");
            if (system.FindItems("parts").Any(part => part.Find("text") is null))
            {
                throw RequestFault.Of(
                    request.Flavour,
                    "Developer instruction should be text only.",
                    "only text is allowed in the system instruction. Remove everything else and try again.");
            }
        }
    }

    /// <summary>Checks the order of turns.</summary>
    /// <param name="request">The request.</param>
    /// <param name="readsIds">Whether ids of calls count; else their place does.</param>
    /// <exception cref="RequestFault">A rule is broken.</exception>
    public static void CheckOrder(GeminiRequestParts request, bool readsIds)
    {
        JsonElement? previous = null;
        foreach (var content in request.Contents)
        {
            CheckRole(content, previous);
            CheckAnswers(content, previous, readsIds);
            previous = content;
        }

        if (GeminiRequestParts.Role(previous!.Value) == "model")
        {
            throw RequestFault.Of(GeminiRequestParts.Calls(previous.Value).Any()
                ? "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."
                : "Please ensure that multiturn requests end with a user role or a function response.");
        }
    }

    private static void CheckContent(GeminiRequestParts request, JsonElement content, string path)
    {
        var parts = content.FindItems("parts").ToList();
        if (parts.Count == 0)
        {
            throw RequestFault.Of(
                request.Flavour,
                $"* {path}.parts: contents.parts must not be empty.\n",
                $"it must include at least one parts field, which describes the prompt input. {DocsOfGemini}");
        }

        foreach (var (index, part) in parts.Index())
        {
            PartRules.Check(request, part, $"{path}.parts[{index}]");
        }
    }

    private static void CheckRole(JsonElement content, JsonElement? previous)
    {
        var role = GeminiRequestParts.Role(content);
        if (role is not ("user" or "model"))
        {
            throw RequestFault.Of("Please use a valid role: user, model.");
        }

        if (previous is null ? role == "model" : role == GeminiRequestParts.Role(previous.Value))
        {
            throw RequestFault.Of(GeminiRequestParts.Calls(content).Any() ? CallTurn : "Please ensure that multiturn requests alternate between user and model.");
        }

        if (role == "user" ? GeminiRequestParts.Calls(content).Any() : GeminiRequestParts.Responses(content).Any())
        {
            throw RequestFault.Of(role == "user" ? CallTurn : "Please ensure that function response turn comes immediately after a function call turn.");
        }
    }

    /// <summary>As many responses as calls, at once, of the same names; with the calls' ids in any order, without ids in the calls' order.</summary>
    private static void CheckAnswers(JsonElement content, JsonElement? previous, bool readsIds)
    {
        var calls = previous is { } asked ? GeminiRequestParts.Calls(asked).ToList() : [];
        var responses = GeminiRequestParts.Responses(content).ToList();
        if (calls.Count == 0 && responses.Count > 0)
        {
            throw RequestFault.Of("Please ensure that function response turn comes immediately after a function call turn.");
        }

        if (calls.Count != responses.Count)
        {
            throw RequestFault.Of("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
        }

        var open = calls.ToList();
        foreach (var response in responses)
        {
            var id = readsIds ? response.FindText("id") : null;
            var call = id is null ? open[0] : open.Find(candidate => candidate.FindText("id") == id);
            if (call.ValueKind == JsonValueKind.Undefined)
            {
                throw RequestFault.Of($"Function response id `{id}` does not match the id of any function call of the function call turn.");
            }

            if (call.FindText("name") != response.FindText("name"))
            {
                throw RequestFault.Of(
                    $"Please ensure that the function response name `{response.FindText("name")}` is equal to the function call name `{call.FindText("name")}`.");
            }

            open.Remove(call);
        }
    }
}
