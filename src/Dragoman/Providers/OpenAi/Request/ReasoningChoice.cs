using System.Globalization;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>How a request asks for reasoning.</summary>
/// <param name="Members">A JSON object whose members go into the body; null to say nothing.</param>
/// <param name="Reasons">The model reasons.</param>
/// <param name="Reserve">Tokens that the model may think although nobody asked it to: they count against its limit, and a short answer would have none left.</param>
/// <param name="Degraded">What of the client's wish is approximated, as <c>field=how</c>.</param>
internal sealed record ReasoningChoice(string? Members, bool Reasons, int Reserve, IReadOnlyList<string> Degraded)
{
    // What a model that can't be kept from thinking spends at its lowest effort on a small question.
    private const int LeastTokens = 1024;

    private static readonly string[] Ranks = ["minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>Chooses. A model that can be kept from reasoning is, unless the client asks for it: left to itself it would.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model's name, for messages.</param>
    /// <param name="dialect">The dialect for the model.</param>
    /// <param name="forced">The answer must be a call.</param>
    /// <param name="unsupported">What to do when the client insists on thinking and the model can't.</param>
    /// <exception cref="InvalidRequestException">The client insists on thinking and the model can't.</exception>
    public static ReasoningChoice For(MessagesRequest request, string model, OpenAiDialect dialect, bool forced, ThinkingUnsupported unsupported)
    {
        var degraded = new List<string>();
        if (request.Thinking is { Kind: ThinkingKind.BetweenTools }) degraded.Add("thinking.between_tools=off");
        // An effort without a word on thinking is meant for a model that decides for itself how long it thinks.
        var wanted = request.Thinking is { IsOn: true } || (request.Thinking is null && request.Effort is not null);
        var control = dialect.Reasoning;
        if (control.Reasons != true) return Nothing(request, model, control, unsupported, degraded);
        if (wanted && forced && dialect.ForcedCallEndsReasoning)
        {
            degraded.Add("thinking=off_for_tool_choice");
            return new ReasoningChoice(control.Off, Reasons: false, Reserve: 0, degraded);
        }

        return wanted ? On(request, control, degraded) : Off(request, control, degraded);
    }

    private static ReasoningChoice Nothing(MessagesRequest request, string model, ReasoningControl control, ThinkingUnsupported unsupported, List<string> degraded)
    {
        if (request.Effort is not null) degraded.Add("effort=ignored");
        if (control.Reasons is null)
        {
            if (request.Thinking is { IsOn: true }) degraded.Add("thinking=model_dependent");
            if (request.Thinking is { Kind: ThinkingKind.Disabled }) degraded.Add("thinking.disabled=model_dependent");
            return new ReasoningChoice(Members: null, Reasons: true, Reserve: 0, degraded);
        }

        if (request.Thinking is { Kind: ThinkingKind.Enabled } && unsupported == ThinkingUnsupported.Error)
        {
            throw new InvalidRequestException(
                $"thinking.type: the model {model} can't think. Map this model to one that thinks, send thinking {{\"type\":\"disabled\"}} or \"adaptive\", "
                + "or start the gateway with --thinking-unsupported ignore.");
        }

        if (request.Thinking is { IsOn: true }) degraded.Add("thinking=ignored");
        return new ReasoningChoice(Members: null, Reasons: false, Reserve: 0, degraded);
    }

    private static ReasoningChoice On(MessagesRequest request, ReasoningControl control, List<string> degraded)
    {
        var budget = request.Thinking?.BudgetTokens;
        if (budget is not null && request.Effort is null && control.Budget is { } limited)
        {
            return new ReasoningChoice(limited.Replace("$budget", budget.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), Reasons: true, Reserve: 0, degraded);
        }

        var unseen = request.Thinking is { Display: ThinkingDisplay.Omitted };
        if (control.Efforts.Count == 0)
        {
            if (budget is not null) degraded.Add("thinking.budget_tokens=ignored");
            if (request.Effort is not null) degraded.Add("effort=ignored");
            return new ReasoningChoice(Template(control, unseen), Reasons: true, Reserve: 0, degraded);
        }

        if (budget is not null) degraded.Add("thinking.budget_tokens=level");
        var word = Nearest(control.Efforts, request.Effort ?? ThinkingEffort.Of(request) ?? "medium");
        if (request.Effort is { } effort && effort != word) degraded.Add($"effort={word}");
        return new ReasoningChoice(Say(control, unseen, word), Reasons: true, Reserve: 0, degraded);
    }

    private static ReasoningChoice Off(MessagesRequest request, ReasoningControl control, List<string> degraded)
    {
        if (request.Effort is not null) degraded.Add("effort=ignored");
        if (control.Off is not null) return new ReasoningChoice(control.Off, Reasons: false, Reserve: 0, degraded);
        var lowest = control.Efforts.Count == 0 ? null : control.Efforts[0];
        if (request.Thinking is { Kind: ThinkingKind.Disabled }) degraded.Add($"thinking.disabled={lowest ?? "always"}");
        return new ReasoningChoice(lowest is null ? Template(control, unseen: true) : Say(control, unseen: true, lowest), Reasons: true, LeastTokens, degraded);
    }

    private static string? Template(ReasoningControl control, bool unseen) => unseen ? control.OnUnseen ?? control.On : control.On;

    private static string? Say(ReasoningControl control, bool unseen, string word) => Template(control, unseen)?.Replace("$effort", word, StringComparison.Ordinal);

    // The word that is nearest, of two the higher one.
    private static string Nearest(IReadOnlyList<string> efforts, string wanted)
    {
        var rank = Array.IndexOf(Ranks, wanted);
        return efforts.OrderByDescending(effort => Array.IndexOf(Ranks, effort)).MinBy(effort => Math.Abs(Array.IndexOf(Ranks, effort) - rank))!;
    }
}
