using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi;

/// <summary>A tool call found in text.</summary>
internal sealed record WrittenCall(string? Id, string Name, ReadOnlyMemory<byte> Arguments);

/// <summary>
/// Tool calls that stand in the text of an answer, in the model's own notation, because the server doesn't know it (no or another tool parser). From the first
/// mark on the text is held back until the answer is over. What names no tool that was offered is text.
/// </summary>
internal sealed partial class WrittenCalls(AnswerTerms terms)
{
    // What a call begins with. Kimi and DeepSeek put a section around their calls.
    private static readonly string[] Marks =
        ["<tool_call>", "<function=", "[TOOL_CALLS]", "<|tool_calls_section_begin|>", "<|tool_call_begin|>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<|python_tag|>"];

    private static readonly SearchValues<byte> MarkStarts = SearchValues.Create("<[\\"u8);

    private readonly StringBuilder _held = new();
    private bool _inCalls;

    // <tool_call>{"name":…,"arguments":{…}}</tool_call>: Hermes, Qwen and many that learned from them. <|python_tag|>{"name":…,"parameters":{…}}: Llama 3.
    [GeneratedRegex(@"(<tool_call>|<\|python_tag\|>)\s*(?<json>\{.*?\})\s*(</tool_call>|(?=<tool_call>)|;|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hermes();

    // <function=name><parameter=key>value</parameter></function>: Qwen3 Coder, in a <tool_call> or without.
    [GeneratedRegex(@"<function=(?<name>[^>\s]+)>(?<body>.*?)(</function>|(?=<function=)|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Coder();

    [GeneratedRegex(@"<parameter=(?<key>[^>\s]+)>\r?\n?(?<value>.*?)\r?\n?(</parameter>|(?=<parameter=)|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CoderParameter();

    // <tool_call>name<arg_key>key</arg_key><arg_value>value</arg_value></tool_call>: GLM.
    [GeneratedRegex(@"<tool_call>\s*(?<name>[\w.\-]+)\s*(?<body>(<arg_key>.*?)?)(</tool_call>|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Glm();

    [GeneratedRegex(@"<arg_key>(?<key>.*?)</arg_key>\s*<arg_value>(?<value>.*?)(</arg_value>|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GlmArgument();

    // <|tool_call_begin|>functions.name:0<|tool_call_argument_begin|>{…}<|tool_call_end|>: Kimi.
    [GeneratedRegex(@"<\|tool_call_begin\|>\s*(functions\.)?(?<name>[\w\-]+)(:[0-9]+)?\s*<\|tool_call_argument_begin\|>\s*(?<json>.*?)\s*(<\|tool_call_end\|>|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Kimi();

    // <｜tool▁call▁begin｜>name<｜tool▁sep｜>{…}<｜tool▁call▁end｜>: DeepSeek 3.1; before it "function<｜tool▁sep｜>name" and the arguments in a block of code.
    [GeneratedRegex(@"<｜tool▁call▁begin｜>(function<｜tool▁sep｜>)?(?<name>[\w\-]+)(<｜tool▁sep｜>)?\s*(```json\s*)?(?<json>\{.*?\})\s*(```)?\s*(<｜tool▁call▁end｜>|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DeepSeek();

    // [TOOL_CALLS]name{…} (also with [ARGS] between), or an array: Mistral.
    [GeneratedRegex(@"\[TOOL_CALLS\]\s*(?<name>[\w\-]+)\s*(\[CALL_ID\]\w+)?(\[ARGS\])?\s*(?<json>\{.*?\})\s*(?=\[TOOL_CALLS\]|$)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mistral();

    [GeneratedRegex(@"\[TOOL_CALLS\]\s*(?<json>\[.*\])\s*$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MistralArray();

    // What stands around calls.
    [GeneratedRegex(@"<\|tool_calls_section_(begin|end)\|>|<｜tool▁calls▁(begin|end)｜>|</?tool_call>|<\|eom_id\|>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();

    /// <summary>Takes a piece of text; shows what may be shown.</summary>
    public void Append(JsonText piece, Action<JsonText> show)
    {
        if (!_inCalls && _held.Length == 0 && piece.Escaped.Span.IndexOfAny(MarkStarts) < 0)
        {
            show(piece);
            return;
        }

        _held.Append(piece.ToString());
        if (_inCalls) return;
        var text = _held.ToString();
        var first = Marks.Select(mark => text.IndexOf(mark, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        _inCalls = first >= 0;
        var shown = _inCalls ? first : text.Length - Marks.Max(mark => ThinkTags.LongestBeginning(text, mark));
        if (shown == 0) return;
        _held.Remove(0, shown);
        show(JsonText.From(text[..shown]));
    }

    /// <summary>The answer is over: the calls in what was held back, and the text beside them; null when there is nothing.</summary>
    public (string Text, IReadOnlyList<WrittenCall> Calls)? Close()
    {
        if (_held.Length == 0) return null;
        var text = _held.ToString();
        _held.Clear();
        if (!_inCalls) return (text, []);
        _inCalls = false;
        try
        {
            return Read(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // Something that no model writes.
            return (text, []);
        }
    }

    // All or nothing: where one can't be read the person should see what the model wrote.
    private (string Text, IReadOnlyList<WrittenCall> Calls) Read(string text)
    {
        foreach (var (notation, read) in Notations)
        {
            var calls = notation.Matches(text).SelectMany(read).ToList();
            if (calls.Count == 0 || !calls.TrueForAll(call => call is not null && terms.Offer.Known.ContainsKey(terms.ClientName(call.Name)))) continue;
            var beside = Section().Replace(notation.Replace(text, ""), "").Trim();
            return (beside, calls.OfType<WrittenCall>().ToList());
        }

        return (text, []);
    }

    private static (Regex Notation, Func<Match, IEnumerable<WrittenCall?>> Read)[] Notations =>
    [
        (Hermes(), match => FromObject(match.Groups["json"].Value)),
        (MistralArray(), match => FromObject(match.Groups["json"].Value)),
        (Kimi(), match => [FromGroups(match)]),
        (DeepSeek(), match => [FromGroups(match)]),
        (Mistral(), match => [FromGroups(match)]),
        (Coder(), match => [FromPairs(match, CoderParameter())]),
        (Glm(), match => [FromPairs(match, GlmArgument())]),
    ];

    private static WrittenCall FromGroups(Match match) => Call(match.Groups["name"].Value, Encoding.UTF8.GetBytes(match.Groups["json"].Value));

    private static WrittenCall Call(string name, byte[] arguments) => new(Id: null, name, arguments);

    private static List<WrittenCall?> FromObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray().Select(Read)] : [Read(document.RootElement)];
        }
        catch (JsonException)
        {
            return [null];
        }
    }

    private static WrittenCall? Read(JsonElement call)
    {
        var name = JsonTexts.Of(call, "name");
        var arguments = call.Find("arguments") ?? call.Find("parameters");
        return name.Length == 0 ? null : Call(name, arguments is { } given ? Encoding.UTF8.GetBytes(given.GetRawText()) : []);
    }

    // Values are text: what type they are the tool's schema tells afterwards.
    private static WrittenCall FromPairs(Match match, Regex pairs)
    {
        var arguments = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(arguments, JsonOutput.Options))
        {
            json.WriteStartObject();
            foreach (var pair in pairs.Matches(match.Groups["body"].Value).DistinctBy(pair => pair.Groups["key"].Value, StringComparer.Ordinal))
            {
                json.WriteString(pair.Groups["key"].Value.Trim(), pair.Groups["value"].Value);
            }

            json.WriteEndObject();
        }

        return Call(match.Groups["name"].Value, arguments.WrittenSpan.ToArray());
    }
}
