using Dragoman.Providers;

namespace Dragoman.Tests.Providers;

public sealed class MilestonesTests
{
    [Fact]
    public void Every_tenth_is_told_once()
    {
        var milestones = new Milestones();
        var told = new List<int>();
        foreach (var done in (int[])[0, 0, 5, 9, 10, 10, 19, 34, 39, 40, 20, 99, 99, 100, 100])
        {
            if (milestones.Reached(done, 100, out var percent)) told.Add(percent);
        }

        Assert.Equal([0, 10, 34, 40, 99, 100], told);
    }
}
