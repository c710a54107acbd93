using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Providers.Anthropic;

/// <summary>
/// Finds what another model left in a conversation and the upstream would refuse: thinking that it didn't sign, ids of other forms, searches without its notes
/// to itself. The same block is replaced by the same bytes in each turn, so that the upstream's cache holds.
/// </summary>
internal sealed class ForeignBlocks(SignatureTrust trust)
{
    // An assistant's message must say something, and removing it could put two messages beside each other that mustn't be (a system message before a user's).
    private const string Nothing = "(no answer)";

    private readonly SortedSet<string> _degraded = new(StringComparer.Ordinal);

    /// <summary>What was done, as <c>field=how</c>.</summary>
    public IReadOnlyCollection<string> Degraded => _degraded;

    /// <summary>Replaces what is foreign in the blocks of one message.</summary>
    public void Replace(IReadOnlyList<HistoryBlock> blocks, BodyEdits edits)
    {
        var searches = blocks.Where(IsForeignSearch).Select(block => block.Id).ToHashSet(StringComparer.Ordinal);
        var removed = new bool[blocks.Count];
        for (var i = 0; i < blocks.Count; i++) removed[i] = IsRemoved(blocks[i], searches);
        if (blocks.Count > 0 && Array.TrueForAll(removed, gone => gone))
        {
            edits.Replace(blocks[0].Start, blocks[^1].End, TextBlock(Left(blocks)));
            return;
        }

        Remove(blocks, removed, edits);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (!removed[i]) Repair(blocks[i], edits);
        }
    }

    private static void Remove(IReadOnlyList<HistoryBlock> blocks, bool[] removed, BodyEdits edits)
    {
        // With the comma before it; the first ones, which have none, with the one behind.
        var kept = false;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (!removed[i]) kept = true;
            else if (kept) edits.Replace(blocks[i - 1].End, blocks[i].End, default);
            else edits.Replace(blocks[i].Start, blocks[i + 1].Start, default);
        }
    }

    private bool IsRemoved(HistoryBlock block, HashSet<string?> searches)
    {
        if (block.Type is "thinking" or "redacted_thinking" && !Signatures.IsAccepted(block.Signature, trust))
        {
            _degraded.Add("history.thinking=dropped");
            return true;
        }

        // What was found stands in the result.
        return block.Type == "server_tool_use" && searches.Contains(block.Id);
    }

    private void Repair(HistoryBlock block, BodyEdits edits)
    {
        if (IsForeignSearch(block))
        {
            _degraded.Add("history.web_search=text");
            var found = ServerToolText.Of(new ServerToolResultBlock(block.Type, block.Id ?? "", block.Content, []));
            edits.Replace(block.Start, block.End, TextBlock(JsonText.Join("\n", [JsonText.From("Found on the web:"), found])));
        }
        else if (block.Type == "text" && trust != SignatureTrust.Anyone && LacksNote(block.Citations, "encrypted_index"u8))
        {
            _degraded.Add("history.citations=dropped");
            edits.Replace(block.CitationsAt.Start, block.CitationsAt.End, "null"u8.ToArray());
        }
        else if (block.Id is { } id && !IsFit(id))
        {
            _degraded.Add("history.ids=replaced");
            edits.Replace(block.IdAt.Start, block.IdAt.End, PassedJson.Quoted(Fit(id)));
        }
    }

    private bool IsForeignSearch(HistoryBlock block) =>
        block.Type == "web_search_tool_result" && trust != SignatureTrust.Anyone && LacksNote(block.Content, "encrypted_content"u8);

    // The gateway's other providers leave Anthropic's notes to itself empty.
    private static bool LacksNote(ReadOnlyMemory<byte> list, ReadOnlySpan<byte> note)
    {
        if (list.IsEmpty || list.Span[0] != (byte)'[') return false;
        using var document = JsonDocument.Parse(list);
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(note, out var value) && value.ValueEquals(""u8)) return true;
        }

        return false;
    }

    // ^[a-zA-Z0-9_-]+$
    private static bool IsFit(string id) => id.Length > 0 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    // Kimi's "functions.Bash:0", for one. The hash keeps apart what would become the same.
    private static string Fit(string id)
    {
        const int hashBytes = 4;
        var letters = string.Concat(id.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
        return $"{letters}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, hashBytes))}";
    }

    // A message of nothing but thinking: the thinking is what it says.
    private static JsonText Left(IReadOnlyList<HistoryBlock> blocks)
    {
        var thinking = JsonText.Join("\n\n", [.. blocks.Select(Thinking).Where(text => !text.IsWhiteSpace)]);
        return thinking.IsWhiteSpace ? JsonText.From(Nothing) : thinking;
    }

    // Shown, or sealed in the signature of this gateway.
    private static JsonText Thinking(HistoryBlock block) =>
        block is { Thinking.IsEmpty: true, Signature: { } signature } && ThinkingSignature.Open(signature)?.Thinking is { } hidden ? JsonText.From(hidden) : block.Thinking;

    private static ReadOnlyMemory<byte> TextBlock(JsonText text) => (byte[])[.. "{\"type\":\"text\",\"text\":\""u8, .. text.Escaped.Span, .. "\"}"u8];
}
