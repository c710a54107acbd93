using System.Text;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// Tells thinking from text where a server leaves both in <c>content</c>: <c>&lt;think&gt;…&lt;/think&gt;</c> and its kin, also when a tag is spread over several
/// pieces. Only at the beginning of an answer, or right behind other thinking: further on a tag is something that the model writes about.
/// </summary>
internal sealed class ThinkTags
{
    private static readonly (string Open, string Close)[] Pairs =
    [
        // Qwen, DeepSeek R1, GLM, MiniMax, Nemotron and most others.
        ("<think>", "</think>"),
        ("<thinking>", "</thinking>"),
        // Gemma's and Seed's words for it.
        ("<thought>", "</thought>"),
        ("<seed:think>", "</seed:think>"),
        // Magistral.
        ("[THINK]", "[/THINK]"),
    ];

    private readonly StringBuilder _held = new();
    private string? _close;
    private bool _inText;
    private bool _trims;

    /// <summary>Takes a piece of <c>content</c>; says what it turns out to hold.</summary>
    public void Append(JsonText piece, Action<bool, JsonText> say)
    {
        if (piece.IsEmpty) return;
        if (_inText)
        {
            say(false, piece);
            return;
        }

        _held.Append(piece.ToString());
        while (!_inText && Step(say))
        {
        }
    }

    /// <summary>Says what is held back, when there is no more or something else comes between.</summary>
    public void Flush(Action<bool, JsonText> say)
    {
        if (_held.Length == 0) return;
        var held = Take(_held.Length);
        if (_close is not null) say(true, JsonText.From(held));
        // Nothing but white space between thinking and what follows it is no text.
        else if (!_trims || !string.IsNullOrWhiteSpace(held)) SayText(held, say);
    }

    // True: there may be more to do with what is held.
    private bool Step(Action<bool, JsonText> say)
    {
        var held = _held.ToString();
        return _close is null ? Begin(held, say) : Think(held, say);
    }

    private bool Begin(string held, Action<bool, JsonText> say)
    {
        var start = held.AsSpan().TrimStart();
        if (start.IsEmpty) return false;
        foreach (var (open, close) in Pairs)
        {
            if (start.StartsWith(open, StringComparison.Ordinal))
            {
                _held.Remove(0, held.Length - start.Length + open.Length);
                _close = close;
                return true;
            }

            if (open.AsSpan().StartsWith(start, StringComparison.Ordinal)) return false;
        }

        SayText(Take(held.Length), say);
        return false;
    }

    private bool Think(string held, Action<bool, JsonText> say)
    {
        var end = held.IndexOf(_close!, StringComparison.Ordinal);
        if (end >= 0)
        {
            Say(true, held[..end], say);
            _held.Remove(0, end + _close!.Length);
            (_close, _trims) = (null, true);
            return true;
        }

        var keep = LongestBeginning(held, _close!);
        Say(true, Take(held.Length - keep), say);
        return false;
    }

    // Line ends between the thinking and the text belong to neither.
    private void SayText(string text, Action<bool, JsonText> say)
    {
        _inText = true;
        Say(false, _trims ? text.TrimStart() : text, say);
    }

    private static void Say(bool isThinking, string text, Action<bool, JsonText> say)
    {
        if (text.Length > 0) say(isThinking, JsonText.From(text));
    }

    private string Take(int length)
    {
        var taken = _held.ToString(0, length);
        _held.Remove(0, length);
        return taken;
    }

    /// <summary>How many characters at the end of a text may be the beginning of a tag.</summary>
    public static int LongestBeginning(string text, string tag)
    {
        for (var length = Math.Min(text.Length, tag.Length - 1); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(tag.AsSpan(0, length))) return length;
        }

        return 0;
    }
}
