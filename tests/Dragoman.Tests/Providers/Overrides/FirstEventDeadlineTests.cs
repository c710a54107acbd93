using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.Overrides;

/// <summary>The limit of an answer's first event.</summary>
public sealed class FirstEventDeadlineTests
{
    private static readonly Target Target = new("up", "m");

    // Far more than anything here takes.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task An_answer_that_does_not_begin_in_time_fails_and_is_cancelled()
    {
        var events = await ReadAsync(TimeSpan.FromMilliseconds(1), token => Answer(before: Hang, between: null, token));
        Assert.Equal([ReplyEventKind.Opened, ReplyEventKind.Failed], events.Select(step => step.Kind));
        Assert.Equal(UpstreamErrorKind.TimedOut, events[1].Error.Kind);
        Assert.Contains("firstEventTimeoutSeconds", events[1].Error.Message, StringComparison.Ordinal);
        await _cancelled.Task.WaitAsync(Long);
    }

    [Fact]
    public async Task Once_it_has_begun_time_doesn_t_count()
    {
        var clock = new ManualTimers();
        var events = await ReadAsync(TimeSpan.FromSeconds(5), token => Answer(before: null, between: _ =>
        {
            clock.Fire();
            return Task.CompletedTask;
        }, token), clock);
        Assert.Equal([ReplyEventKind.Opened, ReplyEventKind.Text, ReplyEventKind.Text, ReplyEventKind.Finished], events.Select(step => step.Kind));
    }

    [Fact]
    public async Task A_client_that_goes_is_no_timeout()
    {
        using var client = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(Long, token => Answer(before: async stop =>
        {
            await client.CancelAsync();
            await Hang(stop);
        }, between: null, token), client: client.Token));
    }

    [Fact]
    public void Without_a_limit_the_answer_is_not_touched()
    {
        var answer = Answer(before: null, between: null, CancellationToken.None);
        Assert.Same(answer, FirstEventDeadline.Keep(limit: null, Target, TimeProvider.System, _ => answer, CancellationToken.None));
    }

    private static async Task<List<ReplyEvent>> ReadAsync(TimeSpan limit, Func<CancellationToken, IAsyncEnumerable<ReplyEvent>> answer, TimeProvider? time = null, CancellationToken client = default)
    {
        var events = new List<ReplyEvent>();
        await foreach (var step in FirstEventDeadline.Keep(limit, Target, time ?? TimeProvider.System, answer, client)) events.Add(step);
        return events;
    }

    private async Task Hang(CancellationToken stop)
    {
        await using var registration = stop.Register(_cancelled.SetResult);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
    }

    private static async IAsyncEnumerable<ReplyEvent> Answer(Func<CancellationToken, Task>? before, Func<CancellationToken, Task>? between, [EnumeratorCancellation] CancellationToken token)
    {
        yield return ReplyEvent.Open(new Opened(default, [], default));
        if (before is not null) await before(token);
        yield return ReplyEvent.OfText(JsonText.From("a"));
        if (between is not null) await between(token);
        token.ThrowIfCancellationRequested();
        yield return ReplyEvent.OfText(JsonText.From("b"));
        yield return ReplyEvent.Finished(new Finish(StopReason.EndTurn, new Usage(1, 1)));
    }

    // Timers that fire when the test says so, if they are set then.
    private sealed class ManualTimers : TimeProvider
    {
        private readonly List<ManualTimer> _timers = [];

        public void Fire()
        {
            foreach (var timer in _timers.Where(timer => timer.Due != Timeout.InfiniteTimeSpan)) timer.Callback();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(() => callback(state)) { Due = dueTime };
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class ManualTimer(Action callback) : ITimer
    {
        public Action Callback { get; } = callback;

        public TimeSpan Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime;
            return true;
        }

        public void Dispose() => Due = Timeout.InfiniteTimeSpan;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
