using System.Text.Json;

namespace Dragoman;

/// <summary>A configuration file and the lines on which its settings stand.</summary>
internal sealed class ConfigSource
{
    private readonly string _file;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    /// <summary>Notes the lines of a file that is valid JSON.</summary>
    public ConfigSource(string file, ReadOnlySpan<byte> json)
    {
        _file = file;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var position = new LinePosition();
        if (reader.Read()) Note(ref reader, json, ref position, "");
    }

    /// <summary>The file and the line of a setting, or of what it would be in: what a sentence about it begins with. Empty when the file says nothing of it.</summary>
    public string Place(string path)
    {
        for (var known = path; ; known = known[..known.LastIndexOfAny(['.', '['])])
        {
            if (_lines.TryGetValue(known, out var line)) return $"{_file} (line {line}): ";
            if (!known.AsSpan().ContainsAny('.', '[')) return "";
        }
    }

    /// <summary>Another source has the last word on a setting, so that what is wrong with it is not wrong here.</summary>
    public void Forget(string path) => _lines.Remove(path);

    /// <summary>The path of a member of <paramref name="outer"/>.</summary>
    public static string Member(string outer, string name) => outer.Length == 0 ? name : $"{outer}.{name}";

    private void Note(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref LinePosition position, string path)
    {
        _lines[path] = position.At(json, (int)reader.TokenStartIndex);
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++) Note(ref reader, json, ref position, $"{path}[{i}]");
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var member = Member(path, reader.GetString()!);
                var line = position.At(json, (int)reader.TokenStartIndex);
                reader.Read();
                Note(ref reader, json, ref position, member);
                // The name's line, where a person looks for it.
                _lines[member] = line;
            }
        }
    }

    // Counts lines as the reader goes on, so that the whole file is looked at once.
    private struct LinePosition
    {
        private int _offset;
        private int _line;

        public int At(ReadOnlySpan<byte> json, int offset)
        {
            _line += json[_offset..offset].Count((byte)'\n');
            _offset = offset;
            return _line + 1;
        }
    }
}
