using System.Collections.Concurrent;
using Dragoman.Delivery;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Http;

namespace Dragoman.Tests.Delivery;

/// <summary>So many requests at once, the others in a fair order.</summary>
public sealed class LaneTests
{
    private static readonly LaneName Name = new("first", Model: null);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Priorities_go_first_sessions_take_turns_and_a_session_keeps_its_order()
    {
        var lanes = new Lanes(new JumpingTime());
        var held = await EnterAsync(lanes, Priority.Conversation, "x");
        var order = new List<string>();
        var waiting = new List<Task>();
        foreach (var (priority, session, name) in ((Priority, string, string)[])[
            (Priority.Background, "a", "background a"), (Priority.SubAgent, "a", "agent a1"), (Priority.SubAgent, "a", "agent a2"), (Priority.SubAgent, "a", "agent a3"),
            (Priority.SubAgent, "b", "agent b1"), (Priority.Conversation, "c", "talk c"), (Priority.SubAgent, "b", "agent b2"), (Priority.Conversation, "a", "talk a")])
        {
            waiting.Add(PassAsync(EnterAsync(lanes, priority, session), () => order.Add(name)));
        }

        held!.Dispose();
        await Task.WhenAll(waiting).WaitAsync(Patience);
        Assert.Equal(["talk c", "talk a", "agent a1", "agent b1", "agent a2", "agent b2", "agent a3", "background a"], order);
    }

    [Fact]
    public async Task A_full_queue_takes_nobody_in()
    {
        var lanes = new Lanes(new JumpingTime());
        using var held = await EnterAsync(lanes, queue: 1);
        var waiting = EnterAsync(lanes, queue: 1);
        Assert.Null(await EnterAsync(lanes, queue: 1));
        held!.Dispose();
        Assert.NotNull(await waiting.AsTask().WaitAsync(Patience));
        Assert.Null(await EnterAsync(lanes, queue: 0));
    }

    [Fact]
    public async Task Who_leaves_the_queue_makes_room_in_it_and_takes_no_place()
    {
        var lanes = new Lanes(new JumpingTime());
        var held = await EnterAsync(lanes);
        using var client = new CancellationTokenSource();
        var left = lanes.EnterAsync(new LaneLimit(Name, 1, 1), default, client.Token).AsTask();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        var next = EnterAsync(lanes, queue: 1);
        Assert.False(next.IsCompleted);
        held!.Dispose();
        held.Dispose();
        Assert.NotNull(await next.AsTask().WaitAsync(Patience));
        Assert.Null(await EnterAsync(lanes, queue: 0));
    }

    [Fact]
    public async Task A_limit_that_grows_lets_those_in_who_wait()
    {
        var lanes = new Lanes(new JumpingTime());
        using var held = await EnterAsync(lanes);
        var waiting = EnterAsync(lanes);
        Assert.False(waiting.IsCompleted);
        using var third = await EnterAsync(lanes, concurrency: 3);
        Assert.NotNull(await waiting.AsTask().WaitAsync(Patience));
        // And one that shrinks holds for those who come.
        Assert.Null(await EnterAsync(lanes, concurrency: 1, queue: 0));
    }

    [Fact]
    public async Task Lanes_are_apart()
    {
        var lanes = new Lanes(new JumpingTime());
        for (var i = 0; i < 1000; i++)
        {
            using var slot = await lanes.EnterAsync(new LaneLimit(new LaneName("first", $"m{i}"), 1, 0), default, CancellationToken.None);
            Assert.NotNull(slot);
            Assert.Null(await lanes.EnterAsync(new LaneLimit(new LaneName("first", $"m{i}"), 1, 0), default, CancellationToken.None));
        }
    }

    [Fact]
    public async Task The_lane_is_free_again_before_the_client_has_the_last_event()
    {
        var world = new DeliveryWorld(("first", Slow(gate: null)));
        var free = new List<bool>();
        await foreach (var step in world.StreamAsync())
        {
            using var slot = await EnterAsync(world.Lanes, queue: 0);
            free.Add(slot is not null);
        }

        Assert.Equal([false, false, true], free);
    }

    [Fact]
    public async Task A_full_lane_is_left_for_the_next_target_and_alone_says_when_to_come_back()
    {
        var full = new ScriptedProvider((_, _) => throw new InvalidOperationException("asked")) { Lane = (1, 0) };
        var world = new DeliveryWorld(("first", full), ("second", DeliveryWorld.Failing()));
        using (await EnterAsync(world.Lanes)) Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        var alone = new DeliveryWorld(("first", full));
        using var held = await EnterAsync(alone.Lanes);
        var told = (await alone.AskAsync())[^1].Error;
        Assert.Equal((UpstreamErrorKind.Overloaded, 5.0), (told.Kind, told.RetryAfter!.Value.TotalSeconds));
        Assert.Contains("1 requests are answered at once and 0 wait already", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_in_the_queue_is_told_and_does_not_count_as_an_attempts()
    {
        var world = new DeliveryWorld(("first", new ScriptedProvider(Fails()) { Lane = (1, 10) })) { Retries = { TotalSeconds = 1 } };
        var held = await EnterAsync(world.Lanes);
        var asking = world.AskAsync();
        world.Time.Pass(100);
        held!.Dispose();
        Assert.Equal(ReplyEventKind.Finished, (await asking.WaitAsync(Patience))[^1].Kind);
        Assert.Equal(100, Assert.Single(world.Waited).TotalSeconds);

        static Func<MessagesRequest, CancellationToken, IAsyncEnumerable<ReplyEvent>> Fails()
        {
            var inner = DeliveryWorld.Failing(new UpstreamError(UpstreamErrorKind.Overloaded, "busy"));
            return (request, token) => inner.StreamAsync(request, new Target("first", "m"), token);
        }
    }

    [Theory]
    [InlineData("left while the upstream thinks")]
    [InlineData("left after the first event")]
    [InlineData("left after a text")]
    [InlineData("failed")]
    [InlineData("refused")]
    [InlineData("finished")]
    public async Task However_an_answer_ends_its_place_is_free(string ending)
    {
        var gate = new TaskCompletionSource();
        var ends = ending switch
        {
            "failed" => ScriptedProvider.Saying(ScriptedProvider.Text("x"), ScriptedProvider.Broken()),
            "refused" => new ScriptedProvider((_, _) => throw new InvalidRequestException("no")),
            "finished" => DeliveryWorld.Failing(),
            _ => new ScriptedProvider((_, token) => SlowAsync(gate.Task, token)),
        };
        var provider = new ScriptedProvider((request, token) => ends.StreamAsync(request, new Target("first", "m"), token)) { Lane = (1, 0) };
        var world = new DeliveryWorld(("first", provider));
        using var client = new CancellationTokenSource();
        var events = world.StreamAsync(cancellationToken: client.Token).GetAsyncEnumerator(client.Token);
        try
        {
            for (var i = 0; i < (ending == "left after the first event" ? 1 : ending == "left after a text" ? 2 : 9) && await MoveAsync(events, client, leave: ending == "left while the upstream thinks" && i == 2); i++) Assert.Null(await EnterAsync(world.Lanes, queue: 0));
        }
        catch (Exception expected) when (expected is InvalidRequestException or OperationCanceledException)
        {
            // As it must be.
        }

        await events.DisposeAsync();
        using var slot = await EnterAsync(world.Lanes, queue: 0);
        Assert.NotNull(slot);
    }

    [Fact]
    public async Task Whoever_leaves_when_there_are_never_more_than_the_limit_and_all_places_come_back()
    {
        // A new course of events each time; which threads meet is chance anyway.
        for (var seed = 1; seed <= 60; seed++) await StormAsync(seed, limit: 1 + (seed % 4)).WaitAsync(Patience);
    }

    // Many requests, a third of which leave at some time; whoever stays must come to his turn.
    private static async Task StormAsync(int seed, int limit)
    {
        const int requests = 60;
        var lanes = new Lanes(TimeProvider.System);
        var (inside, most, served) = (0, 0, 0);
        var random = new Random(seed);
        var plans = Enumerable.Range(0, requests).Select(_ => (Session: $"s{random.Next(5)}", Priority: (Priority)random.Next(3), Leaves: random.Next(3) == 0, Yields: random.Next(20))).ToList();
        await Task.WhenAll(plans.Select(plan => Task.Run(async () =>
        {
            // Not disposed: its cancelling may come after the end.
            var client = new CancellationTokenSource();
            if (plan.Leaves) ThreadPool.QueueUserWorkItem(_ => client.Cancel());
            try
            {
                using var slot = await lanes.EnterAsync(new LaneLimit(Name, limit, requests), new Caller(plan.Priority, plan.Session), client.Token);
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                for (var i = 0; i < plan.Yields; i++) await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            Interlocked.Increment(ref served);
        })));
        Assert.InRange(most, 1, limit);
        Assert.True(served >= plans.Count(plan => !plan.Leaves));
        var places = new ConcurrentBag<LaneSlot?>();
        for (var i = 0; i <= limit; i++) places.Add(await lanes.EnterAsync(new LaneLimit(Name, limit, 0), default, CancellationToken.None));
        Assert.Equal(limit, places.Count(place => place is not null));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
        }
    }

    private static async Task<bool> MoveAsync(IAsyncEnumerator<ReplyEvent> events, CancellationTokenSource client, bool leave)
    {
        var move = events.MoveNextAsync();
        if (leave) await client.CancelAsync();
        return await move.AsTask().WaitAsync(Patience) && events.Current.Kind is not (ReplyEventKind.Finished or ReplyEventKind.Failed);
    }

    private static ScriptedProvider Slow(TaskCompletionSource? gate) => new((_, token) => SlowAsync(gate?.Task ?? Task.CompletedTask, token)) { Lane = (1, 10) };

    private static async IAsyncEnumerable<ReplyEvent> SlowAsync(Task gate, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ScriptedProvider.Opened();
        yield return ScriptedProvider.Text("x");
        await gate.WaitAsync(cancellationToken);
        yield return ScriptedProvider.Done();
    }

    private static async Task PassAsync(ValueTask<LaneSlot?> entering, Action inside)
    {
        using var slot = await entering;
        inside();
    }

    private static ValueTask<LaneSlot?> EnterAsync(Lanes lanes, Priority priority = Priority.Conversation, string? session = null, int concurrency = 1, int queue = 100) =>
        lanes.EnterAsync(new LaneLimit(Name, concurrency, queue), new Caller(priority, session), CancellationToken.None);
}
