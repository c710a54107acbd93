using System.Text;
using Dragoman.Providers.Anthropic;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Providers.Anthropic;

/// <summary>Frames are the same however a stream's bytes are split.</summary>
public sealed class SseFramesTests
{
    private static readonly string[] Frames =
    [
        "event: a\ndata: {}\n\n", "event: b\r\ndata: 👋\r\n\r\n", ": comment\n\n", "data: x\ndata: y\n\n", "\n", "\r\n", $"event: long\ndata: {new string('x', 500)}\n\n", "data: \r \n\n",
    ];

    [Fact]
    public void Frames_do_not_depend_on_how_the_bytes_are_split() =>
        Prop.ForAll(
            Gen.Elements(Frames).ListOf().Zip(Gen.Choose(1, 40).NonEmptyListOf(), (frames, sizes) => (Frames: frames.ToList(), Sizes: sizes.ToList())).ToArbitrary(),
            split => Assert.Equal(split.Frames, Read(Encoding.UTF8.GetBytes(string.Concat(split.Frames)), split.Sizes)))
        .Check(Seeded.Config);

    [Fact]
    public void What_has_no_blank_line_behind_it_comes_last() => Assert.Equal(["data: x\n\n", "data: y\n"], Read("data: x\n\ndata: y\n"u8.ToArray(), [3]));

    private static List<string> Read(byte[] bytes, List<int> sizes)
    {
        var found = new List<string>();
        var frames = new SseFrames(new SplitStream(bytes, sizes), TimeSpan.FromSeconds(10), CancellationToken.None);
#pragma warning disable VSTHRD002 // The stream has every byte at once, so nothing is waited for; a property can't be asynchronous.
        while (frames.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } frame) found.Add(Encoding.UTF8.GetString(frame.Span));
#pragma warning restore VSTHRD002
        return found;
    }

    private sealed class SplitStream(byte[] bytes, List<int> sizes) : MemoryStream(bytes)
    {
        private int _reads;

        public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : base.Read(buffer[..Math.Min(buffer.Length, sizes[_reads++ % sizes.Count])]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
