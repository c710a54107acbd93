using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Tests.EndToEnd;
using Dragoman.Tests.Providers.Gemini;

namespace Dragoman.Tests.Replay;

/// <summary>
/// Real answers of Gemini through the provider's translator: thinking, text, calls, signatures and counts arrive as they were recorded, in whatever form and
/// pieces the bytes came.
/// </summary>
public sealed class GeminiReplayTests
{
    // Stands for the recordings where there are none beside the checkout.
    private static readonly string[] Own =
    [
        """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hm \"quoted\"\n","thought":true}]}}],"usageMetadata":{"trafficType":"ON_DEMAND"}}""",
        """{"candidates":[{"content":{"role":"model","parts":[{"text":"Grüße 👋 "},{"text":"<b>\u2028</b>"}]},"index":0}]}""",
        """{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"get","args":{"path":"C:\\x","n":[1,2.50,null]}},"thoughtSignature":"QUJD"}]}}]}""",
        """{"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":20,"cachedContentTokenCount":5,"candidatesTokenCount":7,"thoughtsTokenCount":3}}""",
    ];

    // With \" for a quote.
    private static readonly JsonSerializerOptions AsGoogle = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Recorded_answers_come_through_unchanged()
    {
        var recorded = RecordedAnswer.Folder is { } folder ? Directory.GetFiles(Path.Combine(folder, "gemini")).Order(StringComparer.Ordinal).ToList() : [];
        if (RecordedAnswer.Folder is not null) Assert.True(recorded.Count >= 7, $"only {recorded.Count} recordings of Gemini could be read");
        TestContext.Current.SendDiagnosticMessage($"replayed {recorded.Count} recordings of Gemini");
        await ReplayAsync(Own);
        foreach (var file in recorded) await ReplayAsync(file.EndsWith(".json", StringComparison.Ordinal) ? [await File.ReadAllTextAsync(file)] : await File.ReadAllLinesAsync(file));
    }

    private static async Task ReplayAsync(IReadOnlyList<string> lines)
    {
        var chunks = lines.Where(line => line.TrimStart().StartsWith('{')).Select(line => JsonNode.Parse(line)!.ToJsonString(AsGoogle)).ToList();
        var expected = new Recording(chunks);
        var tools = string.Join(",", expected.Calls.Select(call => call.Name).Distinct(StringComparer.Ordinal).Select(name => $$$"""{"name":"{{{name}}}","input_schema":{"type":"object"}}"""));
        var whole = await CheckAsync(expected, tools, GeminiTranslation.Sse(chunks));
        var random = new Random(chunks.Count);
        for (var run = 0; run < 20; run++)
        {
            var pieces = Enumerable.Range(0, 200).Select(_ => random.Next(1, run % 2 == 0 ? 20 : 3000)).ToArray();
            Assert.Equal(whole, await CheckAsync(expected, tools, run % 3 == 0 ? GeminiTranslation.Array(chunks) : GeminiTranslation.Sse(chunks), pieces));
        }
    }

    private static async Task<string> CheckAsync(Recording expected, string tools, byte[] answer, params int[] pieces)
    {
        var translation = new GeminiTranslation($"\"thinking\":{{\"type\":\"adaptive\"}},\"tools\":[{tools}],");
        var stream = await translation.StreamAsync(answer, pieces);
        var events = SseEvent.ParseAll(stream);
        Assert.Equal(expected.Thinking, SseEvent.Text(events, "thinking"));
        Assert.Equal(expected.Text, SseEvent.Text(events));
        Assert.Equal(expected.Calls.Count > 0 ? "tool_use" : "end_turn", SseEvent.StopReason(events));
        var inputs = events.GroupBy(step => step.Data.TryGetProperty("index", out var index) ? index.GetInt32() : -1).Select(block => SseEvent.Text(block, "partial_json")).Where(json => json.Length > 0).ToList();
        Assert.Equal(expected.Calls.Count, inputs.Count);
        Assert.All(expected.Calls.Zip(inputs), pair => Assert.True(JsonNode.DeepEquals(pair.First.Input, JsonNode.Parse(pair.Second)), $"{pair.First.Input} is not {pair.Second}"));
        Assert.Equal(expected.Calls.Select(call => call.Signature).OfType<string>(), translation.Remembered.Values);
        Assert.Equal(expected.Usage, (translation.Finish!.Usage.InputTokens, translation.Finish.Usage.CacheReadTokens, translation.Finish.Usage.OutputTokens, translation.Finish.Usage.ThinkingTokens));
        return stream;
    }

    /// <summary>What a recording says, read in the plainest way.</summary>
    private sealed class Recording
    {
        private readonly List<(string Name, string? Signature, JsonObject Input)> _calls = [];

        public Recording(IEnumerable<string> chunks)
        {
            foreach (var chunk in chunks.Select(chunk => JsonNode.Parse(chunk)!))
            {
                foreach (var part in chunk["candidates"]?[0]?["content"]?["parts"]?.AsArray() ?? []) Add(part!);
                if (chunk["usageMetadata"] is { } usage) Count(usage);
            }
        }

        public string Thinking { get; private set; } = "";

        public string Text { get; private set; } = "";

        public (int Input, int Cached, int Output, int? Thinking) Usage { get; private set; }

        public IReadOnlyList<(string Name, string? Signature, JsonObject Input)> Calls => _calls;

        private void Add(JsonNode part)
        {
            var text = part["text"]?.GetValue<string>() ?? "";
            if (part["thought"]?.GetValue<bool>() == true) Thinking += text;
            else Text += text;
            if (part["functionCall"] is not { } call) return;
            if (call["name"] is { } name) _calls.Add((name.GetValue<string>(), part["thoughtSignature"]?.GetValue<string>(), call["args"]?.DeepClone().AsObject() ?? []));
            foreach (var piece in call["partialArgs"]?.AsArray() ?? []) Put(_calls[^1].Input, piece!);
        }

        private static void Put(JsonObject input, JsonNode piece)
        {
            var steps = piece["jsonPath"]!.GetValue<string>().TrimStart('$').Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
            JsonNode at = input;
            for (var i = 0; i < steps.Length; i++)
            {
                JsonNode? next = i + 1 == steps.Length ? null : steps[i + 1].StartsWith('[') ? new JsonArray() : new JsonObject();
                at = Step(at, steps[i], next, piece) ?? at;
            }
        }

        private static JsonNode? Step(JsonNode at, string step, JsonNode? next, JsonNode piece)
        {
            if (at is JsonArray list)
            {
                var index = int.Parse(step.Trim('[', ']'));
                while (list.Count <= index) list.Add(null);
                if (next is not null && list[index] is { } entered) return entered;
                list[index] = next is null ? Value(list[index], piece) : next;
                return list[index];
            }

            if (next is not null && at[step] is { } known) return known;
            at[step] = next is null ? Value(at[step], piece) : next;
            return at[step];
        }

        private static JsonNode? Value(JsonNode? before, JsonNode piece) => piece["stringValue"] is { } text ? (before?.GetValue<string>() ?? "") + text.GetValue<string>() : (piece["numberValue"] ?? piece["boolValue"])?.DeepClone();

        private void Count(JsonNode usage)
        {
            int Of(string name) => usage[name]?.GetValue<int>() ?? 0;
            var thoughts = Of("thoughtsTokenCount");
            if (Of("promptTokenCount") > 0) Usage = (Of("promptTokenCount") - Of("cachedContentTokenCount"), Of("cachedContentTokenCount"), Of("candidatesTokenCount") + thoughts, thoughts > 0 ? thoughts : null);
        }
    }
}
