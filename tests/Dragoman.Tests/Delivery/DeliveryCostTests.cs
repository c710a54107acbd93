using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Http;

namespace Dragoman.Tests.Delivery;

/// <summary>What a delivery costs where nothing fails and nobody waits. As in the allocation tests of the hot paths, limits are what is measured and some more.</summary>
public sealed class DeliveryCostTests
{
    // A debug build makes an object of each state machine, also of one that never waits.
#if DEBUG
    private const int MostBytesARequest = 1620;
#else
    private const int MostBytesARequest = 800;
#endif

    [Fact]
    public void A_request_costs_little_and_an_event_nothing()
    {
        var few = BytesPerDelivery(events: 10);
        var many = BytesPerDelivery(events: 1010);
        Assert.InRange(few, 0, MostBytesARequest);
        Assert.InRange(many - few, 0, 200);
    }

    private static double BytesPerDelivery(int events)
    {
        const int warmUp = 50, calls = 200;
        var request = DeliveryWorld.Request();
        var provider = new Immediate(events);
        var world = new DeliveryWorld(("first", provider));
        var attempts = world.Attempts();
        for (var i = 0; i < warmUp; i++) Ask(world, attempts, request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) Ask(world, attempts, request);
        var all = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) Read(provider.StreamAsync(request, Immediate.Target, CancellationToken.None));
        return all - ((GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls);
    }

    private static void Ask(DeliveryWorld world, Dragoman.Delivery.Attempts attempts, MessagesRequest request)
    {
        Read(attempts.StreamAsync(request, [Immediate.Target], default, world, CancellationToken.None));
        world.Tried.Clear();
    }

    // Everything is there already, so nothing is ever waited for.
    private static void Read(IAsyncEnumerable<ReplyEvent> events) => Assert.True(ReadAsync(events).IsCompletedSuccessfully);

    private static async Task ReadAsync(IAsyncEnumerable<ReplyEvent> events)
    {
        // An assertion for each event would allocate more than what is measured.
        var failed = false;
        await foreach (var step in events) failed |= step.Kind == ReplyEventKind.Failed;
        Assert.False(failed);
    }

    // Has a lane, as a local server has.
    private sealed class Immediate(int events) : IProvider
    {
        public static Target Target { get; } = new("first", "m");

        public ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken) => ValueTask.FromResult<LaneLimit?>(new LaneLimit(new LaneName("first", Model: null), 1, 1));

#pragma warning disable CS1998 // An iterator that never waits.
        public async IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var opened = ScriptedProvider.Opened();
            var text = ScriptedProvider.Text("x");
            yield return opened;
            for (var i = 0; i < events; i++) yield return text;
            yield return ScriptedProvider.Done();
        }
#pragma warning restore CS1998

        public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => default;

        public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => default;
    }
}
