using Dragoman.Messages;

namespace Dragoman.Providers.Ollama;

/// <summary>The value of <c>think</c> for a request.</summary>
/// <param name="Value"><c>true</c>, <c>false</c>, a level in quotes, or null to leave the field out.</param>
/// <param name="Degraded">What of the client's wish is lost.</param>
internal readonly record struct ThinkChoice(string? Value, IReadOnlyList<string> Degraded)
{
    // Claude Code's budgets are 4k, 10k and 32k for its three levels of thinking.
    private const int LowBudget = 4096, MediumBudget = 16_384;

    /// <summary>Chooses. A model that thinks is told not to unless the client asks for it: left to itself it would.</summary>
    /// <exception cref="InvalidRequestException">The client insists on thinking and the model can't.</exception>
    public static ThinkChoice For(MessagesRequest request, OllamaModel model, ThinkingUnsupported unsupported)
    {
        var on = request.Thinking is { IsOn: true };
        if (!model.Thinks) return on ? WithoutThinking(request.Thinking!, model, unsupported) : new ThinkChoice(null, []);
        if (!on) return new ThinkChoice(model.AlwaysThinks ? "\"low\"" : "false", []);
        if (model.TakesLevels) return new ThinkChoice($"\"{Level(request)}\"", []);
        var degraded = new List<string>();
        if (request.Thinking!.BudgetTokens is not null) degraded.Add("thinking.budget_tokens=ignored");
        if (request.Effort is not null) degraded.Add("effort=ignored");
        return new ThinkChoice("true", degraded);
    }

    private static ThinkChoice WithoutThinking(Thinking thinking, OllamaModel model, ThinkingUnsupported unsupported)
    {
        if (thinking.Kind == ThinkingKind.Enabled && unsupported == ThinkingUnsupported.Error)
        {
            throw new InvalidRequestException(
                $"thinking.type: the model {model.Name} can't think. Map this model to one that thinks (for example: ollama pull qwen3:8b), send thinking {{\"type\":\"disabled\"}} "
                + "or \"adaptive\", or start the gateway with --thinking-unsupported ignore.");
        }

        return new ThinkChoice(null, ["thinking=ignored"]);
    }

    private static string Level(MessagesRequest request)
    {
        var high = "high";
        return request.Effort switch
        {
            "low" => "low",
            "medium" => "medium",
            not null => high,
            null => request.Thinking!.BudgetTokens switch { null => "medium", <= LowBudget => "low", <= MediumBudget => "medium", _ => high },
        };
    }
}
