using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Http;

namespace Dragoman.Tests.Delivery;

/// <summary>Upstreams that say when they answer again are left alone until then.</summary>
public sealed class PauseTests
{
    private static readonly Target First = new("first", "m");
    private static readonly Target Second = new("second", "m");

    [Theory]
    [InlineData(nameof(UpstreamErrorKind.RateLimited))]
    [InlineData(nameof(UpstreamErrorKind.Overloaded))]
    public async Task A_target_that_asks_for_a_long_pause_is_not_asked_before_it_is_over(string kind)
    {
        var first = DeliveryWorld.Failing(Limited(60) with { Kind = Enum.Parse<UpstreamErrorKind>(kind) });
        var world = new DeliveryWorld(("first", first), ("second", DeliveryWorld.Failing()));
        await world.AskAsync();
        Assert.Equal(["first", "second"], world.Tried);
        Assert.Empty(world.PassedOver);

        world.Time.Pass(20);
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        Assert.Equal((1, "first/m: it has asked for a pause and is tried again in 40 s"), (first.Asked, Assert.Single(world.PassedOver)));

        world.Time.Pass(41);
        await world.AskAsync();
        Assert.Equal(2, first.Asked);
    }

    [Fact]
    public async Task A_short_pause_is_waited_for_and_none_is_not_made_up()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.FailingAlways(UpstreamErrorKind.RateLimited)), ("second", DeliveryWorld.Failing()));
        await world.AskAsync();
        Assert.Null(world.Breakers.PauseOf(First));
        var brief = new DeliveryWorld(("first", DeliveryWorld.Failing(Limited(2))));
        await brief.AskAsync();
        Assert.Null(brief.Breakers.PauseOf(First));
    }

    [Fact]
    public async Task The_only_target_is_asked_nevertheless_and_an_answer_ends_the_pause()
    {
        var first = DeliveryWorld.Failing(Limited(60), Limited(50));
        var world = new DeliveryWorld(("first", first));
        await world.AskAsync();
        world.Time.Pass(10);
        var told = (await world.AskAsync())[^1].Error;
        Assert.Equal((UpstreamErrorKind.RateLimited, 50.0, 2), (told.Kind, told.RetryAfter!.Value.TotalSeconds, first.Asked));
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        Assert.Null(world.Breakers.PauseOf(First));
        Assert.Empty(world.Time.Waits);
    }

    [Fact]
    public async Task Where_all_pause_the_one_whose_pause_ends_first_is_asked_once()
    {
        var (first, second) = (DeliveryWorld.Failing(Limited(600), Limited(590)), DeliveryWorld.Failing(Limited(60), Limited(55)));
        var world = new DeliveryWorld(("first", first), ("second", second));
        await world.AskAsync();
        world.Time.Pass(5);
        var told = (await world.AskAsync())[^1].Error;
        Assert.Equal((1, 2, 55.0), (first.Asked, second.Asked, told.RetryAfter!.Value.TotalSeconds));
        Assert.Equal(Second, world.Told);
        Assert.Contains("first/m: not asked, it has asked for a pause and is tried again in 595 s", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_queue_of_the_only_target_is_told_once_and_nobody_is_forced()
    {
        var world = new DeliveryWorld(("first", new ScriptedProvider((_, _) => throw new InvalidOperationException("asked")) { Lane = (1, 0) }));
        using var held = await world.Lanes.EnterAsync(new LaneLimit(new LaneName("first", Model: null), 1, 0), default, CancellationToken.None);
        Assert.Equal(UpstreamErrorKind.Overloaded, (await world.AskAsync())[^1].Error.Kind);
        Assert.Equal(["first"], world.Tried);
    }

    [Fact]
    public async Task What_concerns_one_key_does_not_stop_the_others()
    {
        var first = DeliveryWorld.Failing(Limited(60) with { IsOfKey = true });
        var world = new DeliveryWorld(("first", first), ("second", DeliveryWorld.Failing()));
        await world.AskAsync();
        Assert.Null(world.Breakers.PauseOf(First));
        await world.AskAsync();
        Assert.Equal(2, first.Asked);
    }

    [Fact]
    public async Task No_pause_is_longer_than_an_hour_and_other_settings_end_it()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.Failing(Limited(100_000), Limited(100_000))), ("second", DeliveryWorld.Failing()));
        await world.AskAsync();
        Assert.Equal(TimeSpan.FromHours(1), world.Breakers.PauseOf(First)!.Value.Remaining);
        Assert.Null(world.Breakers.PauseOf(new Target("first", "another")));
        world.Breakers.EndRests("second");
        Assert.NotNull(world.Breakers.PauseOf(First));
        world.Breakers.EndRests("FIRST");
        Assert.Null(world.Breakers.PauseOf(First));
    }

    [Fact]
    public async Task The_target_whose_failure_is_told_is_the_one_that_is_named()
    {
        var world = new DeliveryWorld(("first", ScriptedProvider.Refusing(UpstreamErrorKind.Authentication)), ("second", DeliveryWorld.Failing(Limited(60))), ("third", DeliveryWorld.FailingAlways(UpstreamErrorKind.Unreachable)));
        Assert.Equal(UpstreamErrorKind.RateLimited, (await world.AskAsync())[^1].Error.Kind);
        Assert.Equal((Second, "third"), (world.Told, world.Tried[^1]));
    }

    private static UpstreamError Limited(double seconds) => new(UpstreamErrorKind.RateLimited, "slow down", TimeSpan.FromSeconds(seconds));
}
