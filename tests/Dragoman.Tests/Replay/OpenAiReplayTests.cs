using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Providers.OpenAi;
using Dragoman.Tests.EndToEnd;
using Dragoman.Tests.Providers.OpenAi;
using FsCheck.Fluent;

namespace Dragoman.Tests.Replay;

/// <summary>
/// Answers that real services sent, as they sent them, through the translators, split at random: text, thinking and tool inputs are the recording's, counts and
/// stop reasons are its in Anthropic's words.
/// </summary>
public sealed class OpenAiReplayTests
{
    // Stands for the recordings where there are none beside the checkout.
    private const string Own = """
        {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm."}}]}
        {"id":"c","choices":[{"index":0,"delta":{"content":"Grüße 👋"}}]}
        {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"get","arguments":"{\"path\":\"C:\\\\x\"}"}}]}}]}
        {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":12}}
        """;

    [Fact]
    public async Task Recorded_chat_answers_come_through_unchanged()
    {
        var recordings = Recordings("openai-chat", ".chunks.txt").Append(("own", Own.Split('\n'))).ToList();
        if (RecordedAnswer.Folder is not null) Assert.True(recordings.Count >= 8, $"only {recordings.Count} recordings could be read");
        TestContext.Current.SendDiagnosticMessage($"replayed {recordings.Count} recordings through the OpenAI chat translator");
        foreach (var (name, lines) in recordings)
        {
            var expected = Chat(lines);
            var answer = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"data: {line}\n\n")) + "data: [DONE]\n\n");
            await CheckAsync(name, answer, expected, OpenAiApi.Chat);
        }
    }

    [Fact]
    public async Task Recorded_responses_come_through_unchanged()
    {
        // One recording has lines that lack their ends; what a broken line does is tested elsewhere.
        var recordings = Recordings("openai-responses", ".chunks.txt").Where(recording => recording.Lines.All(IsJson)).SelectMany(OneByOne).ToList();
        if (RecordedAnswer.Folder is not null) Assert.True(recordings.Count >= 12, $"only {recordings.Count} recordings could be read");
        TestContext.Current.SendDiagnosticMessage($"replayed {recordings.Count} recordings through the Responses translator");
        foreach (var (name, lines) in recordings)
        {
            var expected = Responses(lines);
            var answer = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"event: message\ndata: {line}\n\n")));
            await CheckAsync(name, answer, expected, OpenAiApi.Responses);
        }
    }

    [Fact]
    public async Task Recorded_whole_answers_come_through_although_a_stream_was_asked_for()
    {
        foreach (var (family, api) in (ValueTuple<string, OpenAiApi>[])[("openai-chat", OpenAiApi.Chat), ("openai-responses", OpenAiApi.Responses)])
        {
            foreach (var (name, lines) in Recordings(family, ".json"))
            {
                var body = string.Join('\n', lines);
                using var document = JsonDocument.Parse(body);
                var isError = document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
                if (isError) Assert.NotNull(await FailureAsync(Encoding.UTF8.GetBytes(body), api));
                else await CheckAsync(name, Encoding.UTF8.GetBytes(body), api == OpenAiApi.Chat ? Chat([body]) : Responses([$$"""{"type":"response.completed","response":{{body}}}"""]), api);
            }
        }
    }

    private static bool IsJson(string line)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
        try
        {
            return JsonDocument.TryParseValue(ref reader, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // One of the recordings holds the answers of a whole conversation.
    private static IEnumerable<(string Name, string[] Lines)> OneByOne((string Name, string[] Lines) recording)
    {
        var rest = recording.Lines.AsEnumerable();
        while (rest.Any())
        {
            var answer = rest.TakeWhile(line => !line.Contains("\"response.completed\"", StringComparison.Ordinal)).ToList();
            answer.AddRange(rest.Skip(answer.Count).Take(1));
            rest = rest.Skip(answer.Count);
            yield return (recording.Name, [.. answer]);
        }
    }

    private static async Task<object?> FailureAsync(byte[] answer, OpenAiApi api)
    {
        var translation = new OpenAiTranslation("", api);
        await translation.StreamAsync(answer);
        return translation.Failure;
    }

    private static async Task CheckAsync(string name, byte[] answer, Recorded expected, OpenAiApi api)
    {
        var tools = string.Join(",", expected.Calls.Select(call => call.Name).Distinct().Select(tool => $$$"""{"name":{{{JsonSerializer.Serialize(tool)}}},"input_schema":{"type":"object"}}"""));
        var fields = $"\"thinking\":{{\"type\":\"adaptive\"}},\"tools\":[{tools}],";
        var once = await new OpenAiTranslation(fields, api).StreamAsync(answer);
        var sizes = Gen.Choose(1, 300).ListOf(40).Sample(5).Select(pieces => pieces.ToArray());
        foreach (var pieces in sizes) Assert.True(once == await new OpenAiTranslation(fields, api).StreamAsync(answer, pieces), name);
        var translation = new OpenAiTranslation(fields, api);
        var events = await translation.EventsAsync(answer);
        Assert.Null(translation.Failure);
        Assert.Equal((name, expected.Text), (name, SseEvent.Text(events)));
        Assert.Equal((name, expected.Thinking), (name, SseEvent.Text(events, "thinking")));
        var inputs = events.Where(step => step.Data.TryGetProperty("index", out _)).GroupBy(step => step.Data.GetProperty("index").GetInt32()).Where(block => block.First().Data.GetProperty("content_block").GetProperty("type").GetString() == "tool_use").Select(block => SseEvent.Text(block, "partial_json")).ToList();
        Assert.Equal((name, expected.Calls.Count), (name, inputs.Count));
        Assert.All(expected.Calls.Zip(inputs), pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First.Input), JsonNode.Parse(pair.Second)), $"{name}: {pair.Second}"));
        Assert.Equal((name, expected.Calls.Count > 0 ? "tool_use" : expected.IsCut ? "max_tokens" : "end_turn"), (name, SseEvent.StopReason(events)));
        Assert.Equal(expected.Encrypted, translation.Signatures.Count);
        if (expected.PromptTokens > 0) Assert.Equal((name, expected.PromptTokens), (name, translation.Finish!.Usage.InputTokens + translation.Finish.Usage.CacheReadTokens));
    }

    private static IEnumerable<(string Name, string[] Lines)> Recordings(string family, string ending) => RecordedAnswer.Folder is { } folder
        ? Directory.EnumerateFiles(Path.Combine(folder, family), "*" + ending).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllLines(file).Where(line => line.Trim().Length > 0).ToArray()))
        : [];

    // Read as plainly as can be, not as the gateway reads it.
    private static Recorded Chat(IEnumerable<string> lines)
    {
        var recorded = new Recorded();
        var calls = new SortedDictionary<int, (string Name, StringBuilder Input)>();
        foreach (var root in lines.Select(line => JsonNode.Parse(line)!))
        {
            if (root["usage"] is JsonObject usage) recorded.PromptTokens = (int)usage["prompt_tokens"]!;
            if (root["choices"] is not JsonArray { Count: > 0 } choices) continue;
            recorded.IsCut |= (string?)choices[0]!["finish_reason"] == "length";
            var delta = choices[0]!["delta"] ?? choices[0]!["message"];
            recorded.Thinking += (string?)(delta?["reasoning_content"] ?? delta?["reasoning"]);
            recorded.Text += (string?)delta?["content"];
            var order = 0;
            foreach (var call in delta?["tool_calls"]?.AsArray() ?? [])
            {
                var index = (int?)call!["index"] ?? order;
                order++;
                if (!calls.TryGetValue(index, out var known)) calls[index] = known = ((string)call["function"]!["name"]!, new StringBuilder());
                known.Input.Append((string?)call["function"]!["arguments"]);
            }
        }

        recorded.Calls.AddRange(calls.Values.Select(call => (call.Name, call.Input.ToString())));
        return recorded;
    }

    private static Recorded Responses(IEnumerable<string> lines)
    {
        var recorded = new Recorded();
        // Where the whole text at the end differs from the pieces (one recording is abridged), the pieces are what the client has seen.
        var pieces = string.Concat(lines.Where(line => line.Contains("\"response.output_text.delta\"", StringComparison.Ordinal)).Select(line => (string?)JsonNode.Parse(line)!["delta"]));
        var response = lines.Select(line => JsonNode.Parse(line)!).Last(node => (string?)node["type"] is "response.completed" or "response.incomplete")["response"]!;
        recorded.PromptTokens = (int?)response["usage"]?["input_tokens"] ?? 0;
        recorded.IsCut = (string?)response["status"] == "incomplete";
        foreach (var item in response["output"]!.AsArray())
        {
            switch ((string?)item!["type"])
            {
                case "message":
                    recorded.Text += string.Concat(item["content"]!.AsArray().Select(part => (string?)part!["text"]));
                    break;
                case "reasoning":
                    recorded.Thinking += string.Join("\n\n", item["summary"]!.AsArray().Select(part => (string?)part!["text"]));
                    recorded.Encrypted += item["encrypted_content"] is null ? 0 : 1;
                    break;
                case "function_call":
                    recorded.Calls.Add(((string)item["name"]!, (string)item["arguments"]!));
                    break;
            }
        }

        if (pieces.Length > 0) recorded.Text = pieces;
        return recorded;
    }

    private sealed class Recorded
    {
        public string Text { get; set; } = "";

        public string Thinking { get; set; } = "";

        public List<(string Name, string Input)> Calls { get; } = [];

        public bool IsCut { get; set; }

        public int Encrypted { get; set; }

        public int PromptTokens { get; set; }
    }
}
