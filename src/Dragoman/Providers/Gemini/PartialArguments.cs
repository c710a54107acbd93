using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Gemini;

/// <summary>Puts a call's arguments together from pieces that name their place by a JSON path. Keys keep the order of their first piece.</summary>
internal sealed class PartialArguments
{
    // Deeper than any tool's input; the walk is recursive.
    private const int MaxDepth = 100;

    // A path may name any index, so a list must not grow to it: more entries than any call has.
    private const int MaxEntries = 100_000;

    private readonly Node _root = new();

    /// <summary>Adds a piece. One whose path makes no sense is dropped: what is missing then is the tool's to complain about.</summary>
    public void Add(PartialArgument piece)
    {
        if (Find(piece.Path) is not { } node) return;
        if (piece.Text is not null) (node.Text ??= new StringBuilder()).Append(piece.Text);
        else if (!piece.Value.IsEmpty) node.Value = piece.Value.ToArray();
    }

    /// <summary>The arguments as a JSON object.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            if (_root.Members is null) json.WriteRawValue("{}"u8);
            else Write(json, _root);
        }

        return buffer.WrittenMemory;
    }

    private Node? Find(string path)
    {
        var at = path.StartsWith('$') ? 1 : 0;
        var node = _root;
        for (var depth = 0; at < path.Length; depth++)
        {
            if (depth == MaxDepth || !TakeStep(path, ref at, out var name, out var index)) return null;
            if ((name is null ? node.Item(index) : node.Member(name)) is not { } next) return null;
            node = next;
        }

        return node;
    }

    // One step of a path: .name, ['name'], ["name"] or [0].
    private static bool TakeStep(string path, ref int at, out string? name, out int index)
    {
        (name, index) = (null, 0);
        if (path[at] != '[')
        {
            if (path[at] == '.') at++;
            var end = path.AsSpan(at).IndexOfAny('.', '[');
            name = end < 0 ? path[at..] : path.Substring(at, end);
            at += name.Length;
            return name.Length > 0;
        }

        at++;
        if (at < path.Length && path[at] is '\'' or '"')
        {
            var close = path.IndexOf($"{path[at]}]", at + 1, StringComparison.Ordinal);
            if (close < 0) return false;
            name = path[(at + 1)..close];
            at = close + 2;
            return true;
        }

        var bracket = path.IndexOf(']', at);
        if (bracket < 0 || !int.TryParse(path.AsSpan(at, bracket - at), NumberStyles.None, CultureInfo.InvariantCulture, out index)) return false;
        at = bracket + 1;
        return index < MaxEntries;
    }

    private static void Write(Utf8JsonWriter json, Node? node)
    {
        if (node?.Members is { } members)
        {
            json.WriteStartObject();
            foreach (var (name, member) in members)
            {
                json.WritePropertyName(name);
                Write(json, member);
            }

            json.WriteEndObject();
        }
        else if (node?.Items is { } items)
        {
            json.WriteStartArray();
            foreach (var item in items) Write(json, item);
            json.WriteEndArray();
        }
        else if (node?.Text is { } text)
        {
            json.WriteStringValue(text.ToString());
        }
        else
        {
            json.WriteRawValue(node?.Value ?? "null"u8.ToArray(), skipInputValidation: true);
        }
    }

    // An object, an array, a string or another value; nothing of these yet when it is new.
    private sealed class Node
    {
        private Dictionary<string, Node>? _byName;

        public List<(string Name, Node Value)>? Members { get; private set; }

        public List<Node?>? Items { get; private set; }

        public StringBuilder? Text { get; set; }

        public byte[]? Value { get; set; }

        public Node? Member(string name)
        {
            if (Items is not null) return null;
            Members ??= [];
            _byName ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (_byName.TryGetValue(name, out var known)) return known;
            var member = new Node();
            _byName[name] = member;
            Members.Add((name, member));
            return member;
        }

        public Node? Item(int index)
        {
            if (Members is not null) return null;
            Items ??= [];
            while (Items.Count <= index) Items.Add(null);
            return Items[index] ??= new Node();
        }
    }
}
