using System.Text;
using Dragoman.Cli;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Cli;

public sealed class LineLogTests
{
    [Fact]
    public void A_full_disk_leaves_a_gap_that_is_said_and_does_not_end_the_log()
    {
        var disk = new Disk { IsFull = true };
        using (var log = new LineLog(disk, TimeProvider.System))
        {
            var logger = log.CreateLogger("any");
            logger.LogError("one");
            logger.LogError("two");
            Assert.True(SpinWait.SpinUntil(() => disk.Refused == 2, TimeSpan.FromSeconds(30)));
            disk.IsFull = false;
            logger.LogError("three");
        }

        Assert.Matches(@"^\(2 lines of the log could not be written here\)\n[\d:]+ !! three\n$", disk.Written.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void What_others_have_chosen_stays_on_its_line_and_moves_no_cursor()
    {
        using var written = new StringWriter();
        using (var log = new LineLog(written, TimeProvider.System)) log.CreateLogger("any").LogError("{Model} -> über", "a\n00:00:00 200 forged\e[2J");
        Assert.Matches(@"^[\d:]+ !! a\uFFFD00:00:00 200 forged\uFFFD\[2J -> über\n$", written.ToString().ReplaceLineEndings("\n"));
    }

    private sealed class Disk : StringWriter
    {
        public volatile bool IsFull;

        public volatile int Refused;

        public StringBuilder Written => GetStringBuilder();

        public override Task WriteLineAsync(string? value)
        {
            if (!IsFull) return base.WriteLineAsync(value);
            Refused++;
            throw new IOException("No space left on device");
        }
    }
}
