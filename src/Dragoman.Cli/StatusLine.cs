using System.Globalization;
using System.Text.Json;
using Dragoman.Telemetry;

namespace Dragoman.Cli;

/// <summary>The line that <c>dragoman statusline</c> prints, of what the client and the gateway say.</summary>
internal static class StatusLine
{
    // Titles and summaries are made of a small part of the conversation.
    private const double SideCallShare = 0.25;

    /// <summary>Makes the line.</summary>
    /// <param name="client">What Claude Code gives its status line program.</param>
    /// <param name="gateway">The gateway's answer for the session; null when it didn't answer.</param>
    public static string Of(JsonElement client, JsonElement? gateway)
    {
        var asked = client.ValueKind == JsonValueKind.Object && client.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object ? Text(model, "display_name") ?? Text(model, "id") : null;
        if (gateway is not { } known || MainConversation(known) is not { } answer) return asked ?? "Dragoman";
        var parts = new List<string> { Text(answer, "target") ?? "?" };
        if (Number(answer, "tokens_per_second") is { } speed) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{speed:0.#} tokens/s"));
        if (Number(answer, "input_tokens") is { } input) parts.Add(Context(input + (Number(answer, "output_tokens") ?? 0), Number(answer, "context_tokens")));
        if (Number(answer, "cached_share") is { } share) parts.Add(string.Create(CultureInfo.InvariantCulture, $"cache {share * 100:0} %"));
        if (Cost(client, known) is { } cost) parts.Add(cost);
        return string.Join(" | ", parts);
    }

    // The client's own figure is made with Claude's prices: it is nobody's bill when another model answers.
    private static string? Cost(JsonElement client, JsonElement gateway)
    {
        if (Amount(gateway, "cost_usd") is { } sum) return Dollars.Text(sum) + (IsTrue(gateway, "cost_is_partial") ? "+" : "");
        if (!IsTrue(gateway, "client_knows_cost") || client.ValueKind != JsonValueKind.Object || !client.TryGetProperty("cost", out var cost) || cost.ValueKind != JsonValueKind.Object) return null;
        return Amount(cost, "total_cost_usd") is { } own ? Dollars.Text(own) : null;
    }

    private static decimal? Amount(JsonElement value, string name) =>
        value.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDecimal(out var amount) && amount > 0 ? amount : null;

    private static bool IsTrue(JsonElement value, string name) => value.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;

    // The newest answer of the main conversation: side calls of the same session are much smaller.
    private static JsonElement? MainConversation(JsonElement gateway)
    {
        if (!gateway.TryGetProperty("answers", out var answers) || answers.ValueKind != JsonValueKind.Array || answers.GetArrayLength() == 0) return null;
        var all = answers.EnumerateArray().ToList();
        var largest = all.Max(answer => Number(answer, "input_tokens") ?? 0);
        return all.Find(answer => (Number(answer, "input_tokens") ?? 0) >= largest * SideCallShare);
    }

    private static string Context(double used, double? limit) => limit is { } known and > 0
        ? string.Create(CultureInfo.InvariantCulture, $"context {Quantities.Tokens((int)used)} of {Quantities.Tokens((int)known)} ({used / known * 100:0} %)")
        : $"context {Quantities.Tokens((int)used)}";

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? PrintableText.Of(text.GetString()!) : null;

    private static double? Number(JsonElement value, string name) => value.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : null;
}
