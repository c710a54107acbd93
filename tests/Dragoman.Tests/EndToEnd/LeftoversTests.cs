using System.Reflection;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Delivery;
using Dragoman.Tests.Http;
using Dragoman.Tests.Providers.Overrides;

namespace Dragoman.Tests.EndToEnd;

/// <summary>Not parallel: timers are counted for the whole process.</summary>
[CollectionDefinition(nameof(LeftoversTests), DisableParallelization = true)]
public sealed class LeftoversCollection;

/// <summary>What must not be left of a request: connections, places, timers, registrations.</summary>
[Collection(nameof(LeftoversTests))]
public sealed class LeftoversTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // What the servers and clients of the test itself have, and what the runtime does by itself.
    private const int OwnTimers = 12;

    public static TheoryData<string> Types => ["ollama", "gemini", "openai", "anthropic"];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_upstream_that_falls_silent_loses_its_connection(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, """ "apiKey":"k","idleTimeoutSeconds":0.2 """, configure: options => options.Retries.Attempts = 1);
        world.FallsSilent = true;
        Assert.Equal(504, (int)(await world.AskAsync("\"stream\":true,")).Response.StatusCode);
        await UntilAsync(() => world.LeftInSilence == 1);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_upstream_that_is_slow_to_begin_loses_its_connection(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, """ "apiKey":"k","firstEventTimeoutSeconds":0.2 """, configure: options => options.Retries.Attempts = 1);
        world.FallsSilent = true;
        Assert.Equal(504, (int)(await world.AskAsync("\"stream\":true,")).Response.StatusCode);
        await UntilAsync(() => world.LeftInSilence == 1);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_client_that_leaves_ends_the_upstream_s_request_and_gives_its_place_to_the_next(string type)
    {
        await using var world = await AnyUpstream.StartAsync(type, """ "apiKey":"k","concurrency":1 """);
        world.FallsSilent = true;
        using var client = new CancellationTokenSource();
        var asking = world.AskAsync("\"stream\":true,", cancellationToken: client.Token);
        await UntilAsync(() => world.Requests.Count == 1);
        using var queued = new CancellationTokenSource();
        var waiting = world.AskAsync("\"stream\":true,", cancellationToken: queued.Token);
        // One that leaves the queue, then the one that has the place.
        await queued.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        world.FallsSilent = false;
        var next = world.AskAsync();
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Contains("fine", (await next.WaitAsync(Patience)).Body, StringComparison.Ordinal);
        await UntilAsync(() => world.LeftInSilence == 1);
        Assert.Equal(2, world.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task No_timer_outlives_its_request(string type)
    {
        const int requests = 150;
        var number = 0;
        // Answers, refusals that are repeated and refusals that are final, by several keys and with every deadline set.
        await using var world = await AnyUpstream.StartAsync(
            type, """ "apiKey":["a","b"],"firstEventTimeoutSeconds":500,"idleTimeoutSeconds":400,"concurrency":2 """, _ => (Interlocked.Increment(ref number) % 5) switch { 0 => (503, "0"), 1 => (400, null), _ => (200, null) });
        await AskAllAsync(world, 10);
        var before = Timer.ActiveCount;
        await AskAllAsync(world, requests);
        world.FallsSilent = true;
        for (var i = 0; i < 20; i++)
        {
            using var client = new CancellationTokenSource();
            var asked = world.Requests.Count;
            var asking = world.AskAsync("\"stream\":true,", cancellationToken: client.Token);
            await UntilAsync(() => world.Requests.Count > asked);
            await client.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }

        await UntilAsync(() => world.LeftInSilence == 20);
        await UntilAsync(() => Timer.ActiveCount <= before + OwnTimers);
    }

    [Fact]
    public async Task Nothing_of_a_delivery_stays_registered_with_its_client()
    {
        var busy = new UpstreamError(UpstreamErrorKind.Overloaded, "busy");
        var failing = DeliveryWorld.Failing([.. Enumerable.Repeat(busy, 60)]);
        var laned = new ScriptedProvider((request, token) => failing.StreamAsync(request, new Target("first", "m"), token)) { Lane = (1, 100) };
        var world = new DeliveryWorld(("first", laned), ("second", DeliveryWorld.Failing()));
        using var client = new CancellationTokenSource();
        for (var round = 0; round < 20; round++)
        {
            var held = await world.Lanes.EnterAsync(new LaneLimit(new LaneName("first", Model: null), 1, 100), default, CancellationToken.None);
            var asking = Enumerable.Range(0, 5).Select(_ => world.AskAsync(cancellationToken: client.Token)).ToList();
            held?.Dispose();
            await Task.WhenAll(asking).WaitAsync(Patience);
            world.Time.Pass(20);
        }

        Assert.NotEmpty(world.Waited);
        Assert.NotEmpty(world.Time.Waits);
        Assert.Equal(0, Registrations(client));
    }

    [Fact]
    public void Registrations_are_counted()
    {
        using var source = new CancellationTokenSource();
        Assert.Equal(0, Registrations(source));
        var first = source.Token.Register(() => { });
        using var second = CancellationTokenSource.CreateLinkedTokenSource(source.Token);
        Assert.Equal(2, Registrations(source));
        first.Dispose();
        Assert.Equal(1, Registrations(source));
    }

    // The runtime doesn't tell; a change of its fields shows in the test above.
    private static int Registrations(CancellationTokenSource source)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        if (source.GetType().GetField("_registrations", any)!.GetValue(source) is not { } registrations) return 0;
        var count = 0;
        for (var node = registrations.GetType().GetField("Callbacks", any)!.GetValue(registrations); node is not null; node = node.GetType().GetField("Next", any)!.GetValue(node)) count++;
        return count;
    }

    private static async Task AskAllAsync(AnyUpstream world, int requests)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(i => world.AskAsync(i % 2 == 0 ? "" : "\"stream\":true,", session: $"{i}"))).WaitAsync(TimeSpan.FromSeconds(60));
        foreach (var (response, _) in answers) response.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"waited in vain; timers: {Timer.ActiveCount}");
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
