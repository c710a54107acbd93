using System.Text;
using System.Text.Json;

namespace Dragoman.Tests.Replay;

/// <summary>What a real model once said, piece by piece, as far as every upstream could say it: thinking, text and client tool calls.</summary>
internal sealed record RecordedAnswer(string Name, IReadOnlyList<(string Kind, string Text)> Pieces, IReadOnlyList<(string Name, string Input)> Calls)
{
    /// <summary>The folder of recordings beside the checkout, or null where there is none.</summary>
    public static string? Folder
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) continue;
                var recordings = Path.Combine(folder.Parent!.FullName, "shared", "transcripts");
                return Directory.Exists(recordings) ? recordings : null;
            }

            return null;
        }
    }

    /// <summary>All recorded streams of Anthropic's and OpenAI's chat format.</summary>
    public static IEnumerable<RecordedAnswer> All(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.chunks.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var family = Path.GetFileName(Path.GetDirectoryName(file))!;
            if (family is not ("anthropic" or "openai-chat")) continue;
            var answer = new Builder();
            foreach (var line in File.ReadLines(file).Where(line => line.TrimStart().StartsWith('{')))
            {
                using var chunk = JsonDocument.Parse(line);
                if (family == "anthropic") answer.Anthropic(chunk.RootElement);
                else answer.OpenAi(chunk.RootElement);
            }

            if (answer.Build(Path.GetFileName(file)) is { } recorded) yield return recorded;
        }
    }

    private sealed class Builder
    {
        private readonly List<(string, string)> _pieces = [];
        private readonly SortedDictionary<int, (string Name, StringBuilder Input)> _calls = [];

        public void Anthropic(JsonElement chunk)
        {
            if (!chunk.TryGetProperty("type", out var type)) return;
            if (type.GetString() == "content_block_start" && chunk.GetProperty("content_block") is var block && block.GetProperty("type").GetString() == "tool_use")
            {
                _calls[chunk.GetProperty("index").GetInt32()] = (block.GetProperty("name").GetString()!, new StringBuilder());
            }

            if (type.GetString() != "content_block_delta") return;
            var delta = chunk.GetProperty("delta");
            if (delta.TryGetProperty("text", out var text)) Add("text", text);
            else if (delta.TryGetProperty("thinking", out var thinking)) Add("thinking", thinking);
            else if (delta.TryGetProperty("partial_json", out var json) && _calls.TryGetValue(chunk.GetProperty("index").GetInt32(), out var call)) call.Input.Append(json.GetString());
        }

        public void OpenAi(JsonElement chunk)
        {
            if (!chunk.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0 || !choices[0].TryGetProperty("delta", out var delta) || delta.ValueKind != JsonValueKind.Object) return;
            if (delta.TryGetProperty("reasoning_content", out var thinking) || delta.TryGetProperty("reasoning", out thinking)) Add("thinking", thinking);
            if (delta.TryGetProperty("content", out var text)) Add("text", text);
            if (!delta.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array) return;
            foreach (var call in calls.EnumerateArray())
            {
                var index = call.TryGetProperty("index", out var at) ? at.GetInt32() : 0;
                var function = call.GetProperty("function");
                if (!_calls.TryGetValue(index, out var known)) _calls[index] = known = (function.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "", new StringBuilder());
                if (function.TryGetProperty("arguments", out var arguments)) known.Input.Append(arguments.GetString());
            }
        }

        public RecordedAnswer? Build(string name)
        {
            var calls = _calls.Values.Where(call => IsObject(call.Input.ToString())).Select(call => (call.Name, call.Input.ToString())).ToList();
            return _pieces.Count + calls.Count == 0 ? null : new RecordedAnswer(name, _pieces, calls);
        }

        private void Add(string kind, JsonElement text)
        {
            if (text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } piece) _pieces.Add((kind, piece));
        }

        private static bool IsObject(string json)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                return document.RootElement.ValueKind == JsonValueKind.Object;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
