using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Overrides;

/// <summary>
/// Changes a Messages request as the configuration says, before any translation: sampling, the answer's limit, the system text. Pure. What changes against the
/// client's wish is named. The one rule is applied to a parsed request, or to the fields of one that is passed on as it is.
/// </summary>
internal static class RequestOverrides
{
    // The least that the API takes as a budget.
    private const int LeastBudget = 1024;

    /// <summary>The request as the upstream is to have it; the same one when nothing changes.</summary>
    public static MessagesRequest Apply(MessagesRequest request, TargetOverrides overrides)
    {
        if (!overrides.ChangesRequest) return request;
        var degraded = new SortedSet<string>(request.Degraded, StringComparer.Ordinal);
        var temperature = Sample(request.Temperature, overrides.Temperature, Words.Temperature, degraded);
        var topP = Sample(request.TopP, overrides.TopP, Words.TopP, degraded);
        var topK = Sample(request.TopK, overrides.TopK, Words.TopK, degraded);
        var maxTokens = Limit(request.MaxTokens, overrides.MaxTokens, degraded);
        var thinking = request.Thinking;
        if (maxTokens < request.MaxTokens && thinking is { BudgetTokens: { } budget }) thinking = Budget(budget, maxTokens, degraded) is { } left ? thinking with { BudgetTokens = left } : new Thinking(ThinkingKind.Disabled);
        var system = request.System;
        if (!overrides.System.IsEmpty)
        {
            system = [.. system, new TextBlock(overrides.System)];
            degraded.Add("system=extended");
        }

        return request with
        {
            Temperature = temperature,
            TopP = topP,
            TopK = (int?)topK,
            MaxTokens = maxTokens,
            Thinking = thinking,
            System = system,
            Degraded = [.. degraded],
        };
    }

    /// <summary>Changes the fields of a request that is passed on; gives what changed against the client's wish.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="overrides">What the configuration says.</param>
    /// <param name="counting">It is a question for the prompt's size, which knows nothing of sampling.</param>
    public static IReadOnlyCollection<string> Apply(BodyFields fields, TargetOverrides overrides, bool counting)
    {
        var degraded = new SortedSet<string>(StringComparer.Ordinal);
        if (!overrides.System.IsEmpty && Extended(fields["system"], overrides.System) is { } system)
        {
            fields.Set("system", system);
            degraded.Add("system=extended");
        }

        if (counting) return degraded;
        SetSample(fields, "temperature", overrides.Temperature, Words.Temperature, degraded);
        SetSample(fields, "top_p", overrides.TopP, Words.TopP, degraded);
        SetSample(fields, "top_k", overrides.TopK, Words.TopK, degraded);
        // What is no number is the upstream's to refuse.
        if (Number(fields["max_tokens"]) is { } asked and >= 0 and <= int.MaxValue && Limit((int)asked, overrides.MaxTokens, degraded) is var limit && limit < asked)
        {
            fields.Set("max_tokens", Json(limit));
            LimitBudget(fields, limit, degraded);
        }

        return degraded;
    }

    private static double? Sample(double? asked, SampleSetting? setting, Words words, SortedSet<string> degraded)
    {
        if (setting is not { } chosen) return asked;
        if (asked is { } wish && chosen.Value is var value && !wish.Equals(value)) degraded.Add(value is null ? words.Dropped : words.Forced);
        return chosen.Value;
    }

    private static void SetSample(BodyFields fields, string name, SampleSetting? setting, Words words, SortedSet<string> degraded)
    {
        if (setting is null) return;
        if (Sample(Number(fields[name]), setting, words, degraded) is { } value) fields.Set(name, Json(value));
        else fields.Remove(name);
    }

    // 0 warms the cache and stays what it is.
    private static int Limit(int asked, int? cap, SortedSet<string> degraded)
    {
        if (cap is null || asked <= cap) return asked;
        degraded.Add("max_tokens=clamped");
        return cap.Value;
    }

    // A budget must be less than the limit, and something must be left for the answer. Null: there is no room to think.
    private static int? Budget(int asked, int maxTokens, SortedSet<string> degraded)
    {
        var most = Math.Max(LeastBudget, maxTokens / 2);
        if (asked <= most && asked < maxTokens) return asked;
        var fits = most < maxTokens;
        degraded.Add(fits ? "thinking.budget_tokens=clamped" : "thinking=off_for_max_tokens");
        return fits ? most : null;
    }

    private static void LimitBudget(BodyFields fields, int maxTokens, SortedSet<string> degraded)
    {
        var thinking = fields["thinking"];
        if (thinking.IsEmpty || thinking.Span[0] != (byte)'{') return;
        var inner = BodyFields.Read(thinking);
        if (Number(inner["budget_tokens"]) is not { } budget) return;
        var left = Budget((int)Math.Clamp(budget, 0, int.MaxValue), maxTokens, degraded);
        if (left is null)
        {
            fields.Set("thinking", """{"type":"disabled"}"""u8.ToArray());
            return;
        }

        if (left >= budget) return;
        inner.Set("budget_tokens", Json(left.Value));
        var output = new ArrayBufferWriter<byte>();
        inner.Write(output);
        fields.Set("thinking", output.WrittenMemory);
    }

    // Null: it is neither a text nor blocks, and the upstream's to refuse.
    private static ReadOnlyMemory<byte>? Extended(ReadOnlyMemory<byte> system, JsonText text)
    {
        ReadOnlySpan<byte> own = text.Escaped.Span;
        if (system.IsEmpty || system.Span.SequenceEqual("null"u8) || system.Span.SequenceEqual("\"\""u8)) return (byte[])[.. "\""u8, .. own, .. "\""u8];
        if (system.Span[0] == (byte)'"') return (byte[])[.. system.Span[..^1], .. "\\n\\n"u8, .. own, .. "\""u8];
        if (system.Span[0] != (byte)'[') return null;
        var blocks = system.Span[..^1].TrimEnd(" \t\r\n"u8);
        return (byte[])[.. blocks, .. blocks.Length > 1 ? ","u8 : ""u8, .. "{\"type\":\"text\",\"text\":\""u8, .. own, .. "\"}]"u8];
    }

    private static double? Number(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return null;
        var reader = new Utf8JsonReader(json.Span);
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) ? number : null;
    }

    private static ReadOnlyMemory<byte> Json(double number) => Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture));

    // What is said of a parameter that is not what the client asked for.
    private sealed record Words(string Forced, string Dropped)
    {
        public static Words Temperature { get; } = new("temperature=forced", "temperature=dropped");

        public static Words TopP { get; } = new("top_p=forced", "top_p=dropped");

        public static Words TopK { get; } = new("top_k=forced", "top_k=dropped");
    }
}
