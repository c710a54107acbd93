using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// Puts tool calls together from the pieces of a stream, and makes events of them when they are whole: a client must not run half of one. Servers agree on
/// little: indices may be missing or all zero, ids missing, repeated or new in each piece, names repeated, arguments whole, in pieces, or an object.
/// </summary>
/// <param name="terms">What is known of the request.</param>
/// <param name="ids">Source of ids.</param>
internal sealed class CallAssembly(AnswerTerms terms, IdSource ids)
{
    private readonly ToolCallTranslator _calls = new(terms.Request, terms.Offer, ids);
    private readonly List<Unfinished> _open = [];
    private readonly Dictionary<int, string?> _left = [];

    /// <summary>The answer has calls, or begins of them.</summary>
    public bool Any => _calls.Count > 0 || _open.Count > 0;

    /// <summary>Adds a piece. Calls before it that are whole may leave.</summary>
    public void Add(in CallFragment piece, List<ReplyEvent> events)
    {
        var call = Find(piece);
        if (call is null)
        {
            if (IsOfLeft(piece)) return;
            Leave(events);
            call = new Unfinished(piece.Index);
            _open.Add(call);
        }

        call.Add(piece, terms);
    }

    /// <summary>Lets go of the calls that are whole, as far as none before them isn't.</summary>
    public void Leave(List<ReplyEvent> events)
    {
        while (_open is [var first, ..] && first.IsWhole)
        {
            _open.RemoveAt(0);
            Translate(first, events);
        }
    }

    /// <summary>The answer is over. <paramref name="isCut"/>: in the middle of what the model wanted to say, so that what isn't whole must not be run.</summary>
    public void Close(bool isCut, List<ReplyEvent> events)
    {
        foreach (var call in _open.Where(call => !isCut || call.IsWhole)) Translate(call, events);
        _open.Clear();
    }

    /// <summary>A call that came whole.</summary>
    public void AddWhole(string? id, string name, ReadOnlyMemory<byte> arguments, List<ReplyEvent> events)
    {
        if (terms.Request.ToolChoice is { DisableParallel: true } && _calls.Count > 0) return;
        _calls.Translate(id, terms.ClientName(name), arguments, events);
    }

    private void Translate(Unfinished call, List<ReplyEvent> events)
    {
        if (call.Index is { } index) _left[index] = call.Id;
        AddWhole(call.Id, call.Name, call.Arguments, events);
    }

    // What comes after the end of a call: its name, or its id, and nothing to call with.
    private bool IsOfLeft(in CallFragment piece)
    {
        if (piece.Index is not { } index || !_left.TryGetValue(index, out var id)) return false;
        var isSame = string.IsNullOrEmpty(piece.Id) || piece.Id == id;
        return string.IsNullOrEmpty(piece.Name) || (isSame && piece.Text.IsEmpty && piece.Json.IsEmpty);
    }

    private Unfinished? Find(in CallFragment piece)
    {
        var (index, id, name) = (piece.Index, piece.Id, piece.Name);
        Unfinished? found;
        if (index is not null) found = _open.FindLast(call => call.Index == index);
        else if (!string.IsNullOrEmpty(id)) found = _open.Find(call => call.Id == id) ?? (string.IsNullOrEmpty(name) ? _open.LastOrDefault() : null);
        else found = _open.LastOrDefault();
        return found is null || found.IsFollowedBy(piece) ? null : found;
    }

    private sealed class Unfinished(int? index)
    {
        private readonly ArrayBufferWriter<byte> _text = new();
        private ReadOnlyMemory<byte> _json;

        public int? Index { get; } = index;

        public string? Id { get; private set; }

        public string Name { get; private set; } = "";

        /// <summary>The arguments as they came: JSON text, or an object.</summary>
        public ReadOnlyMemory<byte> Arguments => _json.IsEmpty ? Decoded() : _json;

        /// <summary>There is a name, and an object that has ended. An empty one may be the server's beginning of one that isn't.</summary>
        public bool IsWhole => Name.Length > 0 && (!_json.IsEmpty || (Decoded() is { Length: > 2 } arguments && IsObject(arguments.Span)));

        /// <summary>A piece is another call's although its index is this one's, or it has none: some servers give every call the same.</summary>
        public bool IsFollowedBy(in CallFragment piece)
        {
            // A name is said at a call's beginning; some repeat it in each piece.
            if (string.IsNullOrEmpty(piece.Name) || Name.Length == 0) return false;
            var isOther = !string.IsNullOrEmpty(piece.Id) && Id is not null && piece.Id != Id;
            if (IsWhole) return isOther || piece.Name != Name || Begins(piece);
            // Two calls without arguments look like one whose name is repeated, unless something tells them apart.
            return _text.WrittenCount == 0 ? isOther && piece.Name != Name : isOther && IsEmptyObject;
        }

        public void Add(in CallFragment piece, AnswerTerms terms)
        {
            if (Id is null && !string.IsNullOrEmpty(piece.Id)) Id = piece.Id;
            if (!string.IsNullOrEmpty(piece.Name)) Name = Join(piece.Name, terms);
            // The piece's chunk is gone when the call leaves.
            if (!piece.Json.IsEmpty) _json = piece.Json.ToArray();
            if (piece.Text.IsEmpty || IsRepeated(piece.Text)) return;
            // "{}" first and the arguments after it: the server's own default.
            if (IsEmptyObject && piece.Text.StartsWith("{"u8)) _text.Clear();
            _text.Write(piece.Text.Escaped.Span);
        }

        private bool IsEmptyObject => _text.WrittenSpan.SequenceEqual("{}"u8);

        // Names come whole, or are repeated; the few servers that split them are told by the tools that there are.
        private string Join(string name, AnswerTerms terms)
        {
            if (Name.Length == 0 || name == Name) return name;
            return _text.WrittenCount == 0 && terms.Offer.Known.ContainsKey(terms.ClientName(Name + name)) ? Name + name : Name;
        }

        private static bool Begins(in CallFragment piece) => !piece.Json.IsEmpty || piece.Text.StartsWith("{"u8);

        // All arguments once more at the end, after their pieces.
        private bool IsRepeated(JsonText piece) => piece.Escaped.Length > 2 && piece.Escaped.Span.SequenceEqual(_text.WrittenSpan) && IsWhole;

        // Escapes are undone when all pieces are there: one of them may have half a surrogate pair.
        private ReadOnlyMemory<byte> Decoded() => new JsonText(_text.WrittenMemory).ToUtf8();

        private static bool IsObject(ReadOnlySpan<byte> json)
        {
            if (json.TrimEnd(" \t\r\n"u8) is not [.., (byte)'}']) return false;
            try
            {
                var reader = new Utf8JsonReader(json);
                return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
            }
            catch (JsonException)
            {
                // Not yet, or never: then it is healed at the end.
                return false;
            }
        }
    }
}
