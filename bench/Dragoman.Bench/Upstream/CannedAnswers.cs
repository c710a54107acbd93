using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Bench.Upstream;

/// <summary>The answers that upstreams give, as Ollama's NDJSON and as OpenAI's events: the same tokens in both.</summary>
internal static class CannedAnswers
{
    /// <summary>Stands in the first token of each answer, so that a load generator can tell when it came, whatever the format around it.</summary>
    public const byte Mark = (byte)'@';

    /// <summary>The model that all upstreams have.</summary>
    public const string Model = "bench";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What <c>/api/show</c> says of the model.</summary>
    public const string Show = """{"details":{"family":"llama","families":["llama"],"parameter_size":"8.0B","quantization_level":"Q4_K_M"},"model_info":{"general.architecture":"llama","llama.context_length":131072},"capabilities":["completion","tools"]}""";

    /// <summary>What <c>/api/tags</c> says.</summary>
    public const string Tags = """{"models":[{"name":"bench:latest","model":"bench:latest","modified_at":"2026-11-01T00:00:00Z","size":4920753328,"digest":"bench","details":{"parameter_size":"8.0B"}}]}""";

    /// <summary>What <c>/api/version</c> says.</summary>
    public const string Version = """{"version":"0.32.15"}""";

    /// <summary>A text answer, one token a line.</summary>
    public static string OllamaText(int tokens)
    {
        var answer = new StringBuilder();
        for (var i = 0; i < tokens; i++) answer.Append(OllamaLine(i == 0 ? " @" : FillerText.Token(i), i)).Append('\n');
        return answer.Append(OllamaLast(tokens)).Append('\n').ToString();
    }

    /// <summary>An answer that calls a tool with <paramref name="bytes"/> of input; Ollama sends a call whole, in one line.</summary>
    public static string OllamaToolCall(int bytes)
    {
        var line = Object(json =>
        {
            Head(json);
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", "");
            json.WriteStartArray("tool_calls");
            json.WriteStartObject();
            json.WriteStartObject("function");
            json.WriteString("name", "Tool0");
            json.WriteStartObject("arguments");
            json.WriteString("path", "@/src/File.cs");
            json.WriteString("content", new FillerText().Next(bytes));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteBoolean("done", false);
        });
        return $"{line}\n{OllamaLast(bytes / 4)}\n";
    }

    /// <summary>A text answer in OpenAI's chat format, one token an event.</summary>
    public static string OpenAiText(int tokens)
    {
        var answer = new StringBuilder(OpenAiEvent("""{"role":"assistant","content":""}"""));
        for (var i = 0; i < tokens; i++) answer.Append(OpenAiToken(i == 0 ? " @" : FillerText.Token(i)));
        return answer.Append(OpenAiEnd("stop", tokens)).ToString();
    }

    /// <summary>A tool call in OpenAI's chat format, its input in pieces of <paramref name="pieceBytes"/> as a model would write it.</summary>
    public static string OpenAiToolCall(int bytes, int pieceBytes = 512)
    {
        var arguments = Object(json =>
        {
            json.WriteString("path", "@/src/File.cs");
            json.WriteString("content", new FillerText().Next(bytes));
        });
        var answer = new StringBuilder(OpenAiEvent("""{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"Tool0","arguments":""}}]}"""));
        for (var i = 0; i < arguments.Length; i += pieceBytes)
        {
            var piece = Quote(arguments[i..Math.Min(i + pieceBytes, arguments.Length)]);
            answer.Append(OpenAiEvent($$$"""{"tool_calls":[{"index":0,"function":{"arguments":{{{piece}}}}}]}"""));
        }

        return answer.Append(OpenAiEnd("tool_calls", bytes / 4)).ToString();
    }

    /// <summary>One line of a text answer, without its end; each <paramref name="index"/> has a time of its own.</summary>
    public static string OllamaLine(string text, int index) => Object(json =>
    {
        Head(json, index);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", text);
        json.WriteEndObject();
        json.WriteBoolean("done", false);
    });

    /// <summary>The last line, without its end.</summary>
    public static string OllamaLast(int tokens) => Object(json =>
    {
        Head(json);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", "");
        json.WriteEndObject();
        json.WriteBoolean("done", true);
        json.WriteString("done_reason", "stop");
        json.WriteNumber("total_duration", 5_000_000_000);
        json.WriteNumber("load_duration", 40_000_000);
        json.WriteNumber("prompt_eval_count", 1000);
        json.WriteNumber("prompt_eval_duration", 400_000_000);
        json.WriteNumber("eval_count", tokens);
        json.WriteNumber("eval_duration", 4_000_000_000);
    });

    /// <summary>One event of a text answer.</summary>
    public static string OpenAiToken(string text) => OpenAiEvent($$"""{"content":{{Quote(text)}}}""");

    /// <summary>The last events.</summary>
    public static string OpenAiEnd(string reason, int tokens) =>
        OpenAiEvent("{}", $"\"{reason}\"", $$""","usage":{"prompt_tokens":1000,"completion_tokens":{{tokens}},"total_tokens":{{1000 + tokens}}}""") + "data: [DONE]\n\n";

    private static string OpenAiEvent(string delta, string reason = "null", string more = "") =>
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795255200,"model":"bench","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]{{more}}}""" + "\n\n";

    // Go writes nanoseconds without the zeros at their end (time.RFC3339Nano), so one line in ten is shorter than the one before.
    private static void Head(Utf8JsonWriter json, int index = 0)
    {
        const long first = 123_456_789, step = 20_017_333, second = 1_000_000_000;
        var fraction = ((first + (index * step)) % second).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        json.WriteString("model", "bench:latest");
        json.WriteString("created_at", $"2026-11-21T10:00:00.{fraction}Z");
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Object(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
