using System.Collections.Concurrent;
using System.Text.Json;
using Dragoman.Upstreams.Gemini.Rules;
using Dragoman.Upstreams.Gemini.Shape;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Decides which requests are answered: every rule of the API, in the order in which Google's servers look at them.</summary>
internal sealed class GeminiAdmission(GeminiScenario scenario)
{
    private readonly ConcurrentDictionary<string, int> attempts = new(StringComparer.Ordinal);
    private readonly PrefixCache cache = new();
    private int count;

    /// <summary>The signatures that were issued.</summary>
    public ThoughtSignatures Signatures { get; } = new(scenario.SignaturesCoverArguments);

    /// <summary>Admits a call to generate.</summary>
    /// <exception cref="RequestFault">It is refused.</exception>
    public GeminiCall Admit(GeminiRoute route, string body, bool asksForSse)
    {
        var model = FindModel(route, "generateContent");
        var decoded = Decode(route.Flavour, body, "GenerateContentRequest");
        var request = new GeminiRequestParts(route.Flavour, model, decoded);
        ContentRules.CheckParts(request);
        GenerationRules.Check(request);
        ToolRules.Check(request);
        ContentRules.CheckOrder(request, readsIds: scenario.GivesCallIds);
        var signatures = SignatureRules.Check(request, Signatures);
        var prompt = GeminiPrompt.Of(decoded);
        CheckLength(request, prompt.Tokens);
        var attempt = attempts.AddOrUpdate(Json.Compact(decoded.Find("contents")!.Value), 0, (_, before) => before + 1);
        return new GeminiCall
        {
            Number = Interlocked.Increment(ref count) - 1,
            Attempt = attempt,
            Route = route,
            AsksForSse = asksForSse,
            Body = body,
            Request = decoded,
            Model = model,
            PromptTokens = prompt.Tokens,
            CachedTokens = cache.Read(model.Name, prompt.Text),
            Signatures = signatures.Real,
            BypassedSignatures = signatures.Bypassed,
            ReadsCallIds = scenario.GivesCallIds,
        };
    }

    /// <summary>Counts a prompt's tokens.</summary>
    /// <exception cref="RequestFault">The request is refused.</exception>
    public int Count(GeminiRoute route, string body)
    {
        var model = FindModel(route, "countTokens");
        var decoded = Decode(route.Flavour, body, "CountTokensRequest");
        var whole = decoded.Find("generateContentRequest");
        if (whole is not null && decoded.Find("contents") is not null)
        {
            throw RequestFault.Of("Only one of contents and generate_content_request may be set.");
        }

        if (whole is { } inner && inner.FindText("model") != $"models/{model.Name}")
        {
            throw RequestFault.Of("* CountTokensRequest.generate_content_request.model: unexpected model name format\n");
        }

        var request = new GeminiRequestParts(route.Flavour, model, whole ?? decoded);
        ContentRules.CheckParts(request);
        ToolRules.Check(request);
        return GeminiPrompt.Of(request.Body).Tokens;
    }

    private SimulatedGeminiModel FindModel(GeminiRoute route, string method)
    {
        if (scenario.Models.FirstOrDefault(model => model.Name == route.Model && model.Methods.Contains(method)) is { } found)
        {
            return found;
        }

        throw new RequestFault(new GoogleError(404, "NOT_FOUND", route.Flavour.IsVertex()
            ? $"Publisher Model `{route.Resource}` was not found or your project does not have access to it. Please ensure you are using a valid model version. "
            + "For more information, see: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions"
            : $"{route.Resource} is not found for API version {route.Version}, or is not supported for {route.Method}. "
            + "Call ListModels to see the list of available models and their supported methods."));
    }

    private static JsonElement Decode(ApiFlavour flavour, string body, string message)
    {
        JsonElement value;
        try
        {
            value = Json.Parse(body);
        }
        catch (JsonException)
        {
            throw RequestFault.Of("Invalid JSON payload received. Unexpected token.\n" + (body.Length > 50 ? body[..50] : body));
        }

        var decoding = new ProtoDecoding(flavour);
        var decoded = decoding.Read(value, message);
        return decoding.Error is { } error ? throw new RequestFault(error) : decoded;
    }

    private static void CheckLength(GeminiRequestParts request, int tokens)
    {
        var limit = request.Model.InputTokenLimit;
        if (tokens > limit)
        {
            throw RequestFault.Of(
                request.Flavour,
                $"The input token count ({tokens}) exceeds the maximum number of tokens allowed ({limit}).",
                $"the input token count is {tokens} but model only supports up to {limit}. Reduce the input token count and try again. You can also use the CountTokens API to calculate prompt token count and billable characters. "
                + "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini");
        }
    }
}
