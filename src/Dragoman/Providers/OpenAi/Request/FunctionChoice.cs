using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>Which tools are offered, and which of them the model may or must call.</summary>
/// <param name="Offered">The tools that are offered.</param>
/// <param name="Word"><c>tool_choice</c> as a word; null to leave it out.</param>
/// <param name="Named">The function that <c>tool_choice</c> names instead.</param>
/// <param name="Instruction">What the model is told behind the last message, where a call can't be forced.</param>
/// <param name="IsForced">The answer must be a call.</param>
/// <param name="Degraded">What is approximated, as <c>field=how</c>; null when nothing is.</param>
internal sealed record FunctionChoice(IReadOnlyList<Tool> Offered, string? Word, string? Named, JsonText Instruction, bool IsForced, string? Degraded)
{
    /// <summary>Chooses.</summary>
    public static FunctionChoice Of(MessagesRequest request, ToolOffer offer, OpenAiDialect dialect)
    {
        var free = new FunctionChoice(offer.Offered, Word: null, Named: null, JsonText.Empty, IsForced: false, Degraded: null);
        switch (request.ToolChoice)
        {
            case { Kind: ToolChoiceKind.None }:
                // Without a word for it the only sure way is to offer nothing.
                return dialect.NoneChoice && offer.Offered.Count > 0 ? free with { Word = "none" } : free with { Offered = [] };
            case { Kind: ToolChoiceKind.Any } when offer.Offered.Count > 0:
                return Force(free, dialect, offer.Offered);
            case { Kind: ToolChoiceKind.Tool, Name: var name } when offer.Offered.FirstOrDefault(tool => tool.Name == name) is { } tool:
                return dialect.NamedChoice ? free with { Named = FunctionNames.Fit(tool.Name), IsForced = true } : Force(free, dialect, [tool]);
            case { Kind: ToolChoiceKind.Any or ToolChoiceKind.Tool }:
                // A tool that is not there can't be forced.
                return free with { Degraded = "tool_choice=auto" };
            default:
                return free;
        }
    }

    /// <summary>Writes <c>tools</c> and what belongs to them; what is lost is added to <paramref name="degraded"/>.</summary>
    public void Write(Utf8JsonWriter json, MessagesRequest request, OpenAiDialect dialect, SortedSet<string> degraded)
    {
        if (Offered.Count == 0) return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in Offered)
        {
            var function = OfferedFunction.Of(tool, dialect);
            if (function.IsPartlyText) degraded.Add("tools.input_schema=partly_text");
            if (tool.Strict && !function.IsStrict) degraded.Add("tools.strict=coerced");
            json.WriteRawValue(function.Json, skipInputValidation: true);
        }

        json.WriteEndArray();
        WriteChoice(json, dialect.Api);
        // Where the field is unknown, the answer's first call alone is passed on.
        var single = request.ToolChoice is { DisableParallel: true };
        if (dialect.ParallelToolCalls && (single || dialect.SerialByDefault)) json.WriteBoolean("parallel_tool_calls"u8, !single);
    }

    private static FunctionChoice Force(FunctionChoice free, OpenAiDialect dialect, IReadOnlyList<Tool> tools)
    {
        if (dialect.RequiredChoice is { } word) return free with { Offered = tools, Word = word, IsForced = true };
        var names = string.Join(", ", tools.Select(tool => FunctionNames.Fit(tool.Name)));
        var told = tools.Count == 1 ? $"Call the tool {names} now." : $"Call one of these tools now: {names}.";
        return free with { Instruction = JsonText.From(told), Degraded = "tool_choice=instructed" };
    }

    private void WriteChoice(Utf8JsonWriter json, OpenAiApi api)
    {
        if (Word is not null) json.WriteString("tool_choice"u8, Word);
        if (Named is null) return;
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, "function"u8);
        if (api == OpenAiApi.Chat) json.WriteStartObject("function"u8);
        json.WriteString("name"u8, Named);
        if (api == OpenAiApi.Chat) json.WriteEndObject();
        json.WriteEndObject();
    }
}
