using System.Text;
using Dragoman.Providers;
using Dragoman.Tests.Providers.Ollama;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Providers;

public sealed class LineReaderTests
{
    [Fact]
    public void Lines_longer_than_the_readers_buffers_come_out_whole()
    {
        var cases =
            from count in Gen.Choose(1, 5)
            from lengths in Gen.ListOf(Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(4090, 4100), Gen.Choose(16_380, 16_390), Gen.Choose(20_000, 70_000)), count)
            from pieces in Gen.ListOf(Gen.OneOf(Gen.Choose(500, 5000), Gen.Choose(16_000, 17_000)), 5)
            from newLine in Gen.Elements("\n", "\r\n")
            from endsWithNewLine in Gen.Elements(true, false)
            select (Lines: lengths.Select((length, i) => new string((char)('a' + i), length)).ToArray(), Pieces: pieces.ToArray(), NewLine: newLine, endsWithNewLine);

        Prop.ForAll(cases.ToArbitrary(), async body =>
        {
            var text = string.Join(body.NewLine, body.Lines) + (body.endsWithNewLine ? body.NewLine : "");
            // Empty lines are passed over.
            Assert.Equal(body.Lines.Where(line => line.Length > 0), await ReadAllAsync(new PiecewiseStream(Encoding.UTF8.GetBytes(text), body.Pieces)));
        }).Check(Seeded.Config.WithMaxTest(300));
    }

    [Fact]
    public async Task Blank_lines_are_passed_over_and_a_body_may_be_empty()
    {
        Assert.Equal(["a", " b "], await ReadAllAsync(new PiecewiseStream("\n\r\n   \na\n\n b \n \n"u8.ToArray(), 1)));
        Assert.Empty(await ReadAllAsync(new PiecewiseStream([])));
    }

    [Fact]
    public async Task An_upstream_that_falls_silent_is_noticed_and_what_it_said_before_is_not_lost()
    {
        await using var lines = new LineReader(new SilentStream("first\nsec"u8.ToArray()), TimeSpan.FromMilliseconds(50), CancellationToken.None);

        Assert.Equal("first", Encoding.UTF8.GetString((await lines.ReadLineAsync(CancellationToken.None))!.Value.Span));
        await Assert.ThrowsAsync<TimeoutException>(async () => await lines.ReadLineAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_waiting()
    {
        using var left = new CancellationTokenSource();
        await using var lines = new LineReader(new SilentStream([]), TimeSpan.FromMinutes(10), left.Token);
        var reading = lines.ReadLineAsync(left.Token).AsTask();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static async Task<List<string>> ReadAllAsync(Stream body)
    {
        var read = new List<string>();
        await using var lines = new LineReader(body, TimeSpan.FromMinutes(1), CancellationToken.None);
        while (await lines.ReadLineAsync(CancellationToken.None) is { } line) read.Add(Encoding.UTF8.GetString(line.Span));
        return read;
    }

    /// <summary>Gives some bytes and then nothing, for ever.</summary>
    private sealed class SilentStream(byte[] first) : MemoryStream(first)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Read(buffer.Span);
            // An empty buffer asks whether there is something to read.
            var silent = buffer.IsEmpty ? Position == Length : read == 0;
            if (silent) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return read;
        }
    }
}
