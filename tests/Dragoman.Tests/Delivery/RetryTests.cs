using Dragoman.Delivery;
using Dragoman.Replies;
using Dragoman.Tests.Http;

namespace Dragoman.Tests.Delivery;

/// <summary>What is asked again, when, and what goes on to the next target.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(nameof(UpstreamErrorKind.RateLimited))]
    [InlineData(nameof(UpstreamErrorKind.Overloaded))]
    [InlineData(nameof(UpstreamErrorKind.Unreachable))]
    [InlineData(nameof(UpstreamErrorKind.TimedOut))]
    [InlineData(nameof(UpstreamErrorKind.Broken))]
    public async Task What_passes_is_asked_again_with_growing_waits_and_the_client_sees_one_answer(string kind)
    {
        var error = new UpstreamError(Enum.Parse<UpstreamErrorKind>(kind), "no");
        var first = DeliveryWorld.Failing(error, error);
        var second = ScriptedProvider.Saying(ScriptedProvider.Done());
        var world = new DeliveryWorld(("first", first), ("second", second));
        var events = await world.AskAsync();
        Assert.Equal([ReplyEventKind.Opened, ReplyEventKind.Opened, ReplyEventKind.Opened, ReplyEventKind.Text, ReplyEventKind.Finished], events.Select(step => step.Kind));
        Assert.Equal([0.4, 0.8], world.Time.Waits);
        Assert.Equal((3, 0), (first.Asked, second.Asked));
    }

    [Theory]
    [InlineData(nameof(UpstreamErrorKind.Authentication))]
    [InlineData(nameof(UpstreamErrorKind.Permission))]
    [InlineData(nameof(UpstreamErrorKind.ModelNotFound))]
    [InlineData(nameof(UpstreamErrorKind.ContextOverflow))]
    [InlineData(nameof(UpstreamErrorKind.Misconfigured))]
    public async Task What_stays_is_left_to_the_next_target_at_once(string kind)
    {
        var first = ScriptedProvider.Refusing(Enum.Parse<UpstreamErrorKind>(kind));
        var second = ScriptedProvider.Saying(ScriptedProvider.Text("second"), ScriptedProvider.Done());
        var world = new DeliveryWorld(("first", first), ("second", second));
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        Assert.Empty(world.Time.Waits);
        Assert.Equal((1, 1), (first.Asked, second.Asked));
    }

    [Fact]
    public async Task A_request_that_is_wrong_goes_back_to_the_client_at_once()
    {
        var second = ScriptedProvider.Saying(ScriptedProvider.Done());
        var world = new DeliveryWorld(("first", ScriptedProvider.Refusing(UpstreamErrorKind.InvalidRequest, "wrong")), ("second", second));
        Assert.Equal(("wrong", 0), ((await world.AskAsync())[^1].Error.Message, second.Asked));
    }

    [Fact]
    public async Task A_target_that_stays_down_is_given_up_and_the_next_answers()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.FailingAlways(UpstreamErrorKind.Unreachable)), ("second", DeliveryWorld.Failing()));
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        Assert.Equal(["first", "first", "first", "second"], world.Tried);
    }

    [Fact]
    public async Task Nothing_is_asked_again_once_the_client_has_seen_something()
    {
        var provider = ScriptedProvider.Saying(ScriptedProvider.Text("begin"), ScriptedProvider.Broken());
        var second = ScriptedProvider.Saying(ScriptedProvider.Done());
        var events = await new DeliveryWorld(("first", provider), ("second", second)).AskAsync();
        Assert.Equal([ReplyEventKind.Opened, ReplyEventKind.Text, ReplyEventKind.Failed], events.Select(step => step.Kind));
        Assert.Equal((1, 0), (provider.Asked, second.Asked));
    }

    [Fact]
    public async Task The_beginning_of_a_stream_that_is_passed_on_is_not_yet_an_answer()
    {
        var asked = 0;
        var provider = new ScriptedProvider((_, _) => DeliveryWorld.SayAsync(asked++ == 0
            ? [ScriptedProvider.Opened(), ReplyEvent.OfPassedStart("start"u8.ToArray(), new UpstreamHead(null, [])), ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.Overloaded, "busy"))]
            : [ScriptedProvider.Opened(), ScriptedProvider.Text("ok"), ScriptedProvider.Done()]));
        Assert.Equal(ReplyEventKind.Finished, (await new DeliveryWorld(("first", provider)).AskAsync())[^1].Kind);
        asked = 0;
        Assert.Equal(ReplyEventKind.Failed, (await new DeliveryWorld(("first", provider)).AskAsync(DeliveryWorld.Request(stream: false)))[^1].Kind);
    }

    [Fact]
    public async Task A_wait_that_the_upstream_asks_for_is_kept_when_it_is_short()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.Failing(new UpstreamError(UpstreamErrorKind.RateLimited, "slow down", TimeSpan.FromSeconds(3)))));
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        Assert.InRange(world.Time.Waits.Single(), 3, 3.4);
    }

    [Fact]
    public async Task A_wait_that_is_long_is_the_clients_or_the_next_target_answers()
    {
        var limited = new UpstreamError(UpstreamErrorKind.RateLimited, "slow down", TimeSpan.FromSeconds(20));
        var alone = new DeliveryWorld(("first", DeliveryWorld.Failing(limited)));
        var told = (await alone.AskAsync())[^1].Error;
        Assert.Equal((20.0, false), (told.RetryAfter!.Value.TotalSeconds, told.Repeated));
        var chain = new DeliveryWorld(("first", DeliveryWorld.Failing(limited)), ("second", DeliveryWorld.Failing()));
        Assert.Equal(ReplyEventKind.Finished, (await chain.AskAsync())[^1].Kind);
        Assert.Empty(alone.Time.Waits.Concat(chain.Time.Waits));
    }

    [Fact]
    public async Task Repeats_end_with_their_number_and_with_their_time()
    {
        var slow = DeliveryWorld.FailingAlways(UpstreamErrorKind.Overloaded);
        var world = new DeliveryWorld(("first", slow)) { Retries = { Attempts = 4 } };
        Assert.True((await world.AskAsync())[^1].Error.Repeated);
        Assert.Equal([0.4, 0.8, 1.6], world.Time.Waits);
        var hurried = new DeliveryWorld(("first", DeliveryWorld.FailingAlways(UpstreamErrorKind.Overloaded))) { Retries = { Attempts = 4, TotalSeconds = 1.3 } };
        await hurried.AskAsync();
        Assert.Equal([0.4, 0.8], hurried.Time.Waits);
        var once = new DeliveryWorld(("first", DeliveryWorld.FailingAlways(UpstreamErrorKind.Overloaded))) { Retries = { Attempts = 1 } };
        Assert.False((await once.AskAsync())[^1].Error.Repeated);
    }

    [Fact]
    public async Task An_upstream_that_was_silent_for_long_is_not_asked_again()
    {
        DeliveryWorld? world = null;
        var provider = new ScriptedProvider((_, _) => SilentAsync(() => world!.Time.Pass(600)));
        world = new DeliveryWorld(("first", provider));
        Assert.Equal(UpstreamErrorKind.TimedOut, (await world.AskAsync())[^1].Error.Kind);
        Assert.Equal(1, provider.Asked);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_waiting()
    {
        using var client = new CancellationTokenSource();
        var provider = new ScriptedProvider((_, _) => SilentAsync(client.Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DeliveryWorld(("first", provider)).AskAsync(cancellationToken: client.Token));
        Assert.Equal(1, provider.Asked);
    }

    [Fact]
    public void Waits_differ_by_chance_within_half_of_their_length_and_have_a_limit()
    {
        var policy = new RetryPolicy(new RetryOptions { Attempts = 20, TotalSeconds = 1000 });
        var busy = new UpstreamError(UpstreamErrorKind.Overloaded, "busy");
        Assert.Equal(NextStep.Repeat, policy.After(busy, 1, TimeSpan.Zero, chance: 0, out var least));
        policy.After(busy, 1, TimeSpan.Zero, chance: 0.999, out var most);
        policy.After(busy, 15, TimeSpan.Zero, chance: 1, out var last);
        Assert.Equal((0.2, 0.4, 8.0), (least.TotalSeconds, Math.Round(most.TotalSeconds, 2), last.TotalSeconds));
        policy.After(busy with { RetryAfter = TimeSpan.FromSeconds(2) }, 1, TimeSpan.Zero, chance: 0, out var asked);
        Assert.Equal(2, asked.TotalSeconds);
    }

    private static async IAsyncEnumerable<ReplyEvent> SilentAsync(Action meanwhile)
    {
        yield return ScriptedProvider.Opened();
        await Task.Yield();
        meanwhile();
        yield return ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.TimedOut, "silent"));
    }
}
