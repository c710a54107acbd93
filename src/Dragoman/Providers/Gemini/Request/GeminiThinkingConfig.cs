using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>The <c>thinkingConfig</c> of a request.</summary>
/// <param name="IncludeThoughts">Thoughts are part of the answer.</param>
/// <param name="Budget"><c>thinkingBudget</c>: 0 off, -1 as the model sees fit; null to leave it out.</param>
/// <param name="Level"><c>thinkingLevel</c>; null to leave it out.</param>
/// <param name="Reserve">Tokens that the model may think although nobody asked it to: they count against its limit, and a short answer would have none left.</param>
/// <param name="Degraded">What of the client's wish is approximated, as <c>field=how</c>.</param>
internal sealed record GeminiThinkingConfig(bool IncludeThoughts, int? Budget, string? Level, int Reserve, IReadOnlyList<string> Degraded)
{
    // What the levels of effort amount to for models that count tokens: "high" is the API's default and left to the model.
    private const int LowBudget = 2048, MediumBudget = 8192, AutomaticBudget = -1;

    // What a model that can't be kept from thinking spends at its lowest level on a small question.
    private const int LowestLevelTokens = 1024;

    /// <summary>Chooses. A model that thinks is told not to, or to do it as little as it can, unless the client asks for it: left to itself it would.</summary>
    /// <exception cref="InvalidRequestException">The client insists on thinking and the model can't.</exception>
    public static GeminiThinkingConfig For(MessagesRequest request, GeminiModelTraits model, ThinkingUnsupported unsupported)
    {
        var degraded = new List<string>();
        if (request.Thinking is { Kind: ThinkingKind.BetweenTools }) degraded.Add("thinking.between_tools=off");
        var on = request.Thinking is { IsOn: true };
        // Thinking that is not shown isn't asked for: what the next turn needs of it travels in signatures.
        var include = on && request.Thinking!.Display != ThinkingDisplay.Omitted;
        return model.Thinking switch
        {
            GeminiThinking.None => None(request, model, unsupported, degraded),
            GeminiThinking.Budget => WithBudget(request, model, on, include, degraded),
            _ => WithLevel(request, model, on, include, degraded),
        };
    }

    /// <summary>Writes the field, if there is anything to say.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (!IncludeThoughts && Budget is null && Level is null) return;
        json.WriteStartObject("thinkingConfig"u8);
        if (IncludeThoughts) json.WriteBoolean("includeThoughts"u8, true);
        if (Budget is { } budget) json.WriteNumber("thinkingBudget"u8, budget);
        if (Level is not null) json.WriteString("thinkingLevel"u8, Level);
        json.WriteEndObject();
    }

    private static GeminiThinkingConfig None(MessagesRequest request, GeminiModelTraits model, ThinkingUnsupported unsupported, List<string> degraded)
    {
        if (request.Thinking is { Kind: ThinkingKind.Enabled } && unsupported == ThinkingUnsupported.Error)
        {
            throw new InvalidRequestException(
                $"thinking.type: the model {model.Id} can't think. Map this model to one that thinks (for example gemini-2.5-flash), send thinking {{\"type\":\"disabled\"}} or \"adaptive\", "
                + "or start the gateway with --thinking-unsupported ignore.");
        }

        if (request.Thinking is { IsOn: true }) degraded.Add("thinking=ignored");
        if (request.Effort is not null) degraded.Add("effort=ignored");
        return new GeminiThinkingConfig(IncludeThoughts: false, Budget: null, Level: null, Reserve: 0, degraded);
    }

    private static GeminiThinkingConfig WithBudget(MessagesRequest request, GeminiModelTraits model, bool on, bool include, List<string> degraded)
    {
        if (on)
        {
            // A budget says more than an effort.
            if (request.Thinking!.BudgetTokens is not null && request.Effort is not null) degraded.Add("effort=ignored");
            var wanted = request.Thinking.BudgetTokens ?? request.Effort switch
            {
                "low" => LowBudget,
                "medium" => MediumBudget,
                "xhigh" or "max" => model.MostBudget,
                _ => AutomaticBudget,
            };
            return new GeminiThinkingConfig(include, wanted == AutomaticBudget ? wanted : Math.Clamp(wanted, model.LeastBudget, model.MostBudget), Level: null, Reserve: 0, degraded);
        }

        if (request.Effort is not null) degraded.Add("effort=ignored");
        if (model.CanDisableThinking) return new GeminiThinkingConfig(include, Budget: 0, Level: null, Reserve: 0, degraded);
        if (request.Thinking is { Kind: ThinkingKind.Disabled }) degraded.Add("thinking.disabled=least_budget");
        return new GeminiThinkingConfig(include, model.LeastBudget, Level: null, Reserve: model.LeastBudget, degraded);
    }

    private static GeminiThinkingConfig WithLevel(MessagesRequest request, GeminiModelTraits model, bool on, bool include, List<string> degraded)
    {
        if (on && request.Thinking!.BudgetTokens is not null) degraded.Add("thinking.budget_tokens=level");
        // An effort without a word on thinking is meant for a model that decides for itself how long it thinks.
        if (on || (request.Thinking is null && request.Effort is not null))
        {
            // Without either, the model's own default: as much as the question needs.
            var level = ThinkingEffort.Of(request)?.ToUpperInvariant();
            if (level == "MEDIUM" && !model.TakesMedium)
            {
                level = "HIGH";
                degraded.Add("effort=high");
            }

            return new GeminiThinkingConfig(include, Budget: null, level, Reserve: on || model.CanDisableThinking ? 0 : LowestLevelTokens, degraded);
        }

        if (request.Effort is not null) degraded.Add("effort=ignored");
        if (request.Thinking is { Kind: ThinkingKind.Disabled }) degraded.Add($"thinking.disabled={model.LeastLevel.ToLowerInvariant()}");
        return new GeminiThinkingConfig(include, Budget: null, model.LeastLevel, model.CanDisableThinking ? 0 : LowestLevelTokens, degraded);
    }
}
