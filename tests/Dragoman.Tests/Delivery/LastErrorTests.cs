using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Http;

namespace Dragoman.Tests.Delivery;

/// <summary>Which failure a client is told of when no target answers, and which targets aren't asked at all.</summary>
public sealed class LastErrorTests
{
    private const string TooLong = "prompt is too long: 9 tokens > 8 maximum";

    [Fact]
    public async Task The_failure_that_tells_most_is_told_with_a_word_about_the_others()
    {
        var world = new DeliveryWorld(
            ("first", ScriptedProvider.Refusing(UpstreamErrorKind.Authentication, "first/m: bad key.")),
            ("second", DeliveryWorld.FailingAlways(UpstreamErrorKind.RateLimited, "second/m: slow down")),
            ("third", DeliveryWorld.FailingAlways(UpstreamErrorKind.Unreachable)));
        var told = (await world.AskAsync())[^1].Error;
        Assert.Equal((UpstreamErrorKind.RateLimited, "second/m: slow down (Nor did others answer: first/m: key refused; third/m: not reached.)"), (told.Kind, told.Message));
        Assert.Equal(["first", "second", "second", "second", "third", "third", "third"], world.Tried);
    }

    [Fact]
    public async Task An_overflow_keeps_its_words_whatever_else_failed()
    {
        var world = new DeliveryWorld(("first", ScriptedProvider.Refusing(UpstreamErrorKind.ContextOverflow, TooLong)), ("second", DeliveryWorld.FailingAlways(UpstreamErrorKind.Unreachable)));
        var told = (await world.AskAsync())[^1].Error;
        Assert.Equal((UpstreamErrorKind.ContextOverflow, TooLong), (told.Kind, told.Message));
    }

    [Fact]
    public async Task A_refusal_that_is_passed_on_stays_as_it_is()
    {
        var passed = new PassedError(429, "rate_limit_error", "{}"u8.ToArray(), new UpstreamHead(null, []));
        var limited = new UpstreamError(UpstreamErrorKind.RateLimited, "theirs", TimeSpan.FromSeconds(60)) { Passed = passed };
        var world = new DeliveryWorld(("first", DeliveryWorld.Failing(limited)), ("second", DeliveryWorld.FailingAlways(UpstreamErrorKind.Unreachable)));
        var told = (await world.AskAsync())[^1].Error;
        Assert.Equal(("theirs", passed), (told.Message, told.Passed));
    }

    [Theory]
    [InlineData(100, "second", "first/m: not asked, the prompt of about 1,")]
    [InlineData(null, "first", null)]
    [InlineData(100_000, "first", null)]
    public async Task A_target_whose_context_is_too_small_is_passed_over(int? limit, string asked, string? reason)
    {
        var world = new DeliveryWorld(("first", Sized(limit)), ("second", Sized(2000, UpstreamErrorKind.ModelNotFound)));
        await KnowAllAsync(world);
        var told = (await world.AskAsync(DeliveryWorld.Request(string.Join(' ', Enumerable.Repeat("word", 1200)))))[^1].Error;
        Assert.Equal(asked, world.Tried[0]);
        if (reason is not null) Assert.Contains(reason, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_target_is_large_enough_the_largest_says_so()
    {
        var world = new DeliveryWorld(("small", Sized(100)), ("larger", Sized(200)), ("smallest", Sized(50)));
        await KnowAllAsync(world);
        var told = (await world.AskAsync(DeliveryWorld.Request(string.Join(' ', Enumerable.Repeat("word", 1200)))))[^1].Error;
        Assert.Equal(["larger"], world.Tried);
        Assert.Equal(TooLong, told.Message);
    }

    [Fact]
    public async Task After_an_overflow_only_larger_targets_are_asked()
    {
        var world = new DeliveryWorld(("first", Sized(30_000)), ("same", Sized(30_000)), ("larger", Sized(90_000)), ("unknown", Sized(null)));
        await KnowAllAsync(world);
        await world.AskAsync();
        Assert.Equal(["first", "larger", "unknown"], world.Tried);
    }

    [Fact]
    public async Task A_list_that_does_not_come_delays_nobody()
    {
        var world = new DeliveryWorld(("first", new Listless(DeliveryWorld.Failing())), ("second", new Listless(DeliveryWorld.Failing())));
        Assert.Equal(ReplyEventKind.Finished, (await world.AskAsync(DeliveryWorld.Request(new string('a', 5000))))[^1].Kind);
    }

    private static ScriptedProvider Sized(int? tokens, UpstreamErrorKind failure = UpstreamErrorKind.ContextOverflow) =>
        new((_, _) => DeliveryWorld.SayAsync([ScriptedProvider.Opened(), ReplyEvent.Failed(new UpstreamError(failure, TooLong))])) { Models = [new ModelInfo { Name = "m", MaxInputTokens = tokens }] };

    private static async Task KnowAllAsync(DeliveryWorld world)
    {
        foreach (var provider in world.Names) await world.Catalog.ListAsync(provider, CancellationToken.None);
    }

    private sealed class Listless(IProvider answering) : IProvider
    {
        public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => answering.StreamAsync(request, target, cancellationToken);

        public async ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        }

        public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => default;
    }
}
