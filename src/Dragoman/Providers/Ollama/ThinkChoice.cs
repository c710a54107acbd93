using Dragoman.Messages;

namespace Dragoman.Providers.Ollama;

/// <summary>The value of <c>think</c> for a request.</summary>
/// <param name="Value"><c>true</c>, <c>false</c>, a level in quotes, or null to leave the field out.</param>
/// <param name="Degraded">What of the client's wish is lost.</param>
internal readonly record struct ThinkChoice(string? Value, IReadOnlyList<string> Degraded)
{
    /// <summary>Chooses. A model that thinks is told not to unless the client asks for it: left to itself it would.</summary>
    /// <exception cref="InvalidRequestException">The client insists on thinking and the model can't.</exception>
    public static ThinkChoice For(MessagesRequest request, OllamaModel model, ThinkingUnsupported unsupported)
    {
        var on = request.Thinking is { IsOn: true };
        if (!model.Thinks && on) Refuse(request.Thinking!, model, unsupported);
        var degraded = new List<string>();
        var leveled = model.Thinks && model.TakesLevels && (on || model.AlwaysThinks);
        if (request.Effort is not null && !leveled) degraded.Add("effort=ignored");
        if (on && !model.Thinks) degraded.Add("thinking=ignored");
        if (on && !leveled && request.Thinking!.BudgetTokens is not null) degraded.Add("thinking.budget_tokens=ignored");
        if (request.Thinking is { Kind: ThinkingKind.BetweenTools }) degraded.Add("thinking.between_tools=off");
        if (request.Thinking is { Kind: ThinkingKind.Disabled } && model.AlwaysThinks) degraded.Add("thinking.disabled=low");
        return new ThinkChoice(Choose(request, model, on, leveled), degraded);
    }

    private static string? Choose(MessagesRequest request, OllamaModel model, bool on, bool leveled)
    {
        if (!model.Thinks) return null;
        if (!leveled) return on ? "true" : "false";
        // A model that thinks in any case does so as little as it can, unless the client says how much effort it wants.
        return on || (request.Effort is not null && request.Thinking is null) ? $"\"{ThinkingEffort.Of(request) ?? "medium"}\"" : "\"low\"";
    }

    private static void Refuse(Thinking thinking, OllamaModel model, ThinkingUnsupported unsupported)
    {
        if (thinking.Kind == ThinkingKind.Enabled && unsupported == ThinkingUnsupported.Error)
        {
            throw new InvalidRequestException(
                $"thinking.type: the model {model.Name} can't think. Map this model to one that thinks (for example: ollama pull qwen3:8b), send thinking {{\"type\":\"disabled\"}} "
                + "or \"adaptive\", or start the gateway with --thinking-unsupported ignore.");
        }
    }
}
