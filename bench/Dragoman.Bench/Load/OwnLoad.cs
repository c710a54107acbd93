using System.Diagnostics;
using Dragoman.Bench.Measure;

namespace Dragoman.Bench.Load;

/// <summary>The load generators that are our own: each looks into the answers.</summary>
internal static class OwnLoad
{
    /// <summary>Each connection asks again as soon as it has its answer.</summary>
    public static async Task<LoadResult> ClosedAsync(Caller caller, int connections, double seconds)
    {
        var began = Stopwatch.GetTimestamp();
        var loops = Enumerable.Range(0, connections).Select(async _ =>
        {
            var answers = new List<Answer>();
            while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds) answers.Add(await caller.AskAsync());
            return answers;
        });
        var all = (await Task.WhenAll(loops)).SelectMany(list => list).ToList();
        return Sum(all, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>
    /// Requests arrive at a fixed rate, whether or not the ones before were answered: a gateway that stalls delays all that arrive meanwhile, as it would in
    /// life. Returns the answers; those that never came are missing from none of them.
    /// </summary>
    public static async Task<IReadOnlyList<Answer>> OpenAsync(Caller caller, double perSecond, double seconds)
    {
        var count = (int)(perSecond * seconds);
        var asked = new Task<Answer>[count];
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var wait = TimeSpan.FromSeconds(i / perSecond) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
            asked[i] = caller.AskAsync();
        }

        return await Task.WhenAll(asked);
    }

    /// <summary>
    /// So many streams at once, begun evenly over one token's interval; the delay of every token between the moment when all had begun and the moment when the
    /// first ended. Returns delays in milliseconds and how many tokens a second came.
    /// </summary>
    public static async Task<(Histogram Delays, double PerSecond, int Broken)> StreamsAsync(Caller caller, int streams, double tokensPerSecond, double seconds)
    {
        var delays = new Histogram();
        const double settleSeconds = 1;
        var began = Stopwatch.GetTimestamp();
        var from = began + (long)((settleSeconds + (1 / tokensPerSecond)) * Stopwatch.Frequency);
        var to = from + (long)(seconds * Stopwatch.Frequency);
        void Seen(long sent, long received)
        {
            if (received >= from && received < to) delays.Add(Stopwatch.GetElapsedTime(sent, received).TotalMilliseconds);
        }

        var asked = new Task<Answer>[streams];
        for (var i = 0; i < streams; i++)
        {
            var wait = TimeSpan.FromSeconds(i / (streams * tokensPerSecond)) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
            asked[i] = caller.AskAsync(Seen);
        }

        var answers = await Task.WhenAll(asked);
        return (delays, delays.Count / seconds, answers.Count(answer => !answer.IsGood));
    }

    private static LoadResult Sum(List<Answer> answers, double seconds)
    {
        var good = answers.Where(answer => answer.IsGood).ToList();
        var times = good.Select(answer => answer.Whole).Order().ToList();
        return new LoadResult(good.Count, seconds, Percentiles.Of(times, 50), Percentiles.Of(times, 99), answers.Count - good.Count, good.Count == 0 ? 0 : good.Average(answer => answer.Bytes));
    }
}
