using System.Buffers;

namespace Dragoman.Providers.Anthropic;

/// <summary>Pieces of a body that are replaced; all other bytes stay what they are.</summary>
/// <param name="body">The body, JSON.</param>
internal sealed class BodyEdits(ReadOnlyMemory<byte> body)
{
    private readonly List<(int Start, int End, ReadOnlyMemory<byte> Text)> _edits = [];

    /// <summary>The body as it was.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Puts <paramref name="text"/> in the place of what stands from <paramref name="start"/> to <paramref name="end"/>. No two of them overlap.</summary>
    public void Replace(int start, int end, ReadOnlyMemory<byte> text) => _edits.Add((start, end, text));

    /// <summary>Writes the edited body.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        _edits.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        var at = 0;
        foreach (var (start, end, text) in _edits)
        {
            output.Write(body.Span[at..start]);
            output.Write(text.Span);
            at = end;
        }

        output.Write(body.Span[at..]);
    }
}
