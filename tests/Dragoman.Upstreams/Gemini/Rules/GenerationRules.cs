using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>Limits of <c>generationConfig</c>, and the settings beside it.</summary>
internal static partial class GenerationRules
{
    // Both APIs take at most so many.
    private const int MaxStopSequences = 5;

    /// <summary>Checks generation, thinking, safety and labels.</summary>
    /// <exception cref="RequestFault">A rule is broken.</exception>
    public static void Check(GeminiRequestParts request)
    {
        var generation = request.Generation;
        Range(request, "maxOutputTokens", 1, request.Model.OutputTokenLimit + 1);
        Range(request, "temperature", 0, 2.0001);
        Range(request, "topP", 0, 1.0001);
        Range(request, "topK", 1, 1001);
        Range(request, "candidateCount", 1, 9);
        CheckStops(request, [.. generation.FindItems("stopSequences")]);
        CheckThinking(request, generation.Find("thinkingConfig"));
        CheckFormat(request, generation);
        if (request.Body.FindItems("safetySettings").GroupBy(setting => setting.FindText("category")).Any(group => group.Count() > 1))
        {
            throw RequestFault.Of(request.Flavour, "* GenerateContentRequest.safety_settings: Element must be unique by category.\n", "a safety category is set more than once.");
        }

        CheckLabels(request);
    }

    private static void Range(GeminiRequestParts request, string field, double from, double below)
    {
        if (request.Generation.Find(field) is not { } value || Number(value) is not { } number || (number >= from && number < below))
        {
            return;
        }

        throw RequestFault.Of(
            request.Flavour,
            string.Create(CultureInfo.InvariantCulture, $"* GenerateContentRequest.generation_config.{field}: {field} must be in the range [{from}, {below}).\n"),
            string.Create(CultureInfo.InvariantCulture, $"it has a {field} value of {number} but the supported range is from {from} (inclusive) to {below} (exclusive). Update the value and try again."));
    }

    private static void CheckStops(GeminiRequestParts request, List<JsonElement> stops)
    {
        if (stops.Count > MaxStopSequences)
        {
            throw RequestFault.Of(
                request.Flavour,
                $"* GenerateContentRequest.generation_config.stop_sequences: the number of stop_sequences must not exceed {MaxStopSequences}.\n",
                $"it has a stopSequences value of {stops.Count} but the supported range is from 1 (inclusive) to {MaxStopSequences + 1} (exclusive). Update the value and try again.");
        }

        if (stops.Exists(stop => stop.GetString() is ""))
        {
            throw RequestFault.Of("Stop sequences must not be empty.");
        }
    }

    private static void CheckThinking(GeminiRequestParts request, JsonElement? config)
    {
        if (config is not { } thinking)
        {
            return;
        }

        var budget = thinking.Find("thinkingBudget") is { } value ? (int?)Number(value) : null;
        var level = thinking.FindText("thinkingLevel");
        if (budget is not null && level is not null)
        {
            throw RequestFault.Of("You can only set only one of thinking budget and thinking level.");
        }

        if (request.Model.Thinking == ThinkingControl.None)
        {
            throw RequestFault.Of(request.Flavour, "Thinking is not enabled for this model.", $"thinking is not supported by this model.");
        }

        if (level is not null && !request.Model.Levels.Contains(level))
        {
            throw RequestFault.Of(request.Model.Thinking == ThinkingControl.Level
                ? $"Thinking level {level} is not supported for this model. Please retry with other thinking level."
                : "Thinking level is not supported for this model.");
        }

        if (budget is { } tokens)
        {
            CheckBudget(request, tokens);
        }
    }

    private static void CheckBudget(GeminiRequestParts request, int tokens)
    {
        var model = request.Model;
        // Google takes budgets for the 3.x models as well, as a rough hint; the rule here is the documented one.
        if (model.Thinking == ThinkingControl.Level)
        {
            throw RequestFault.Of("Thinking budget is not supported for this model. Please use thinking level.");
        }

        if (tokens == 0 && !model.StopsThinking)
        {
            throw RequestFault.Of("Budget 0 is invalid. This model only works in thinking mode.");
        }

        if (tokens is not (0 or -1) && (tokens < model.LeastBudget || tokens > model.MostBudget))
        {
            throw RequestFault.Of(
                request.Flavour,
                $"The thinking budget {tokens} is invalid. Please choose a value between {model.LeastBudget} and {model.MostBudget}.",
                $"thinking_budget is out of range; supported values are integers from {model.LeastBudget} to {model.MostBudget}.");
        }
    }

    private static void CheckFormat(GeminiRequestParts request, JsonElement generation)
    {
        var isJson = generation.FindText("responseMimeType") == "application/json";
        var schema = generation.Find("responseSchema");
        var jsonSchema = generation.Find("responseJsonSchema");
        if ((schema ?? jsonSchema) is not null && !isJson)
        {
            throw RequestFault.Of("Response schema is only supported with response mime type 'application/json'.");
        }

        if (schema is not null && jsonSchema is not null)
        {
            throw RequestFault.Of("Only one of response_schema and response_json_schema may be set.");
        }

        if (isJson && request.Functions.Count > 0 && !request.Model.CallsFunctionsInJson)
        {
            throw RequestFault.Of("Function calling with a response mime type: 'application/json' is unsupported");
        }

        if (schema is { } openApi)
        {
            new SchemaRules(request, "GenerateContentRequest.generation_config.response_schema", function: null).Check(openApi);
        }

        if (jsonSchema is { } json)
        {
            JsonSchemaRules.Check(json, "generation_config.response_json_schema");
        }
    }

    private static void CheckLabels(GeminiRequestParts request)
    {
        if (request.Body.Find("labels") is { } labels
            && labels.EnumerateObject().FirstOrDefault(label => !LabelKey().IsMatch(label.Name) || !LabelValue().IsMatch(label.Value.GetString() ?? "")) is { Value.ValueKind: JsonValueKind.String } wrong)
        {
            throw RequestFault.Of($"Unable to submit request because the label `{wrong.Name}` is invalid: keys and values are lower case letters, digits, underscores and dashes, at most 63.");
        }
    }

    private static double? Number(JsonElement value) =>
        double.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,62}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelKey();

    [GeneratedRegex("^[a-z0-9_-]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelValue();
}
