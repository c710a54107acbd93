using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Http;

namespace Dragoman.Tests.Delivery;

/// <summary>Upstreams that fail repeatedly are left alone for a while.</summary>
public sealed class CircuitBreakerTests
{
    private static readonly Target Model = new("first", "m");

    [Theory]
    [InlineData(nameof(UpstreamErrorKind.Unreachable))]
    [InlineData(nameof(UpstreamErrorKind.Broken))]
    [InlineData(nameof(UpstreamErrorKind.Overloaded))]
    [InlineData(nameof(UpstreamErrorKind.TimedOut))]
    public async Task After_repeated_failures_a_target_is_passed_over_until_a_probe_succeeds(string kind)
    {
        var errors = Enumerable.Repeat(new UpstreamError(Enum.Parse<UpstreamErrorKind>(kind), "no"), 5).ToArray();
        var first = DeliveryWorld.Failing(errors);
        var world = new DeliveryWorld(("first", first), ("second", DeliveryWorld.Failing()));
        await world.AskAsync();
        await world.AskAsync();
        // The fifth failure opened the circuit, so the third repeat was not made.
        Assert.Equal(5, first.Asked);
        await world.AskAsync();
        Assert.Equal(5, first.Asked);
        Assert.InRange(world.Breakers.PauseOf(Model)!.Value.Remaining.TotalSeconds, 14, 15);
        world.Time.Pass(15.1);
        world.Tried.Clear();
        await world.AskAsync();
        await world.AskAsync();
        Assert.Equal(["first", "first"], world.Tried);
        Assert.Equal(7, first.Asked);
    }

    [Fact]
    public async Task A_probe_that_fails_opens_the_circuit_anew()
    {
        var first = DeliveryWorld.FailingAlways(UpstreamErrorKind.Broken);
        var world = new DeliveryWorld(("first", first), ("second", DeliveryWorld.Failing()));
        for (var i = 0; i < 3; i++) await world.AskAsync();
        Assert.Equal(5, first.Asked);
        world.Time.Pass(15.1);
        await world.AskAsync();
        await world.AskAsync();
        Assert.Equal(6, first.Asked);
        Assert.InRange(world.Breakers.PauseOf(Model)!.Value.Remaining.TotalSeconds, 14, 15);
    }

    [Theory]
    [InlineData(nameof(UpstreamErrorKind.InvalidRequest))]
    [InlineData(nameof(UpstreamErrorKind.ContextOverflow))]
    [InlineData(nameof(UpstreamErrorKind.Authentication))]
    [InlineData(nameof(UpstreamErrorKind.ModelNotFound))]
    [InlineData(nameof(UpstreamErrorKind.RateLimited))]
    public async Task Refusals_are_no_failures(string kind)
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.FailingAlways(Enum.Parse<UpstreamErrorKind>(kind)))) { Retries = { Attempts = 1 } };
        for (var i = 0; i < 20; i++) await world.AskAsync();
        Assert.Equal(20, world.Tried.Count);
        Assert.Null(world.Breakers.PauseOf(Model));
    }

    [Fact]
    public async Task Failures_among_as_many_answers_do_not_matter()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.Failing()));
        for (var i = 0; i < 2; i++) await ReportAsync(world, UpstreamErrorKind.Broken);
        for (var i = 0; i < 6; i++) await ReportAsync(world, failure: null);
        for (var i = 0; i < 3; i++) await ReportAsync(world, UpstreamErrorKind.Broken);
        Assert.Null(world.Breakers.PauseOf(Model));
    }

    [Fact]
    public async Task The_only_target_is_asked_nevertheless_but_once_and_an_answer_closes_the_circuit()
    {
        var errors = Enumerable.Repeat(new UpstreamError(UpstreamErrorKind.Unreachable, "not running"), 6).ToArray();
        var first = DeliveryWorld.Failing(errors);
        var world = new DeliveryWorld(("first", first));
        await world.AskAsync();
        await world.AskAsync();
        Assert.Equal(5, first.Asked);
        var told = (await world.AskAsync())[^1].Error;
        Assert.Equal((6, "not running"), (first.Asked, told.Message));
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync())[^1].Kind);
        Assert.Null(world.Breakers.PauseOf(Model));
    }

    [Fact]
    public async Task What_one_model_fails_of_is_not_the_others_fault_but_a_dead_server_is()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.Failing()));
        for (var i = 0; i < 5; i++) await ReportAsync(world, UpstreamErrorKind.Broken);
        Assert.NotNull(world.Breakers.PauseOf(Model));
        Assert.Null(world.Breakers.PauseOf(new Target("first", "other")));
        for (var i = 0; i < 10; i++) await world.Breakers.Force(new Target("first", "other")).ReportAsync(UpstreamErrorKind.Unreachable);
        Assert.NotNull(world.Breakers.PauseOf(new Target("first", "third")));
        Assert.Null(world.Breakers.PauseOf(new Target("second", "m")));
    }

    [Fact]
    public async Task Only_one_request_at_a_time_is_the_probe_and_one_that_is_abandoned_decides_nothing()
    {
        var world = new DeliveryWorld(("first", DeliveryWorld.Failing()));
        for (var i = 0; i < 5; i++) await ReportAsync(world, UpstreamErrorKind.Broken);
        Assert.Null(world.Breakers.TryPass(Model));
        world.Time.Pass(15.1);
        var probe = world.Breakers.TryPass(Model);
        Assert.NotNull(probe);
        Assert.Null(world.Breakers.TryPass(Model));
        probe.Value.Abandon();
        Assert.Null(world.Breakers.TryPass(Model));
        world.Time.Pass(15.1);
        await world.Breakers.TryPass(Model)!.Value.ReportAsync(failure: null);
        Assert.NotNull(world.Breakers.TryPass(Model));
    }

    [Fact]
    public async Task Answers_that_break_off_count_too()
    {
        var provider = ScriptedProvider.Saying(ScriptedProvider.Text("x"), ScriptedProvider.Broken());
        var world = new DeliveryWorld(("first", provider), ("second", DeliveryWorld.Failing()));
        for (var i = 0; i < 10; i++) await world.AskAsync();
        Assert.True(provider.Asked < 10);
    }

    private static async Task ReportAsync(DeliveryWorld world, UpstreamErrorKind? failure) => await world.Breakers.TryPass(Model)!.Value.ReportAsync(failure);
}
