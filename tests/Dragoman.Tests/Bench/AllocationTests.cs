using Dragoman.Bench;

namespace Dragoman.Tests.Bench;

/// <summary>
/// What the hot paths allocate. Times depend on the machine, allocations on the code alone, so these can be held by a test. The limits are what is measured
/// with a fifth on top; a change that needs more has to say why.
/// </summary>
public sealed class AllocationTests
{
    private readonly HotPaths _paths = new();

    [Fact]
    public void A_line_of_the_upstream_becomes_events_without_an_allocation() => Assert.Equal(0, BytesPerCall(() => _paths.LineToEvents()));

    [Fact]
    public void An_event_becomes_bytes_for_the_client_without_an_allocation() => Assert.Equal(0, BytesPerCall(() => _paths.EventToBytes()));

    /// <summary>The promise is 64 bytes an event. Only a debug build breaks it, where a state machine is an object also when it never waits.</summary>
    [Fact]
    public void A_steady_stream_allocates_less_than_64_bytes_an_event()
    {
#if DEBUG
        const int limit = 150;
#else
        const int limit = 64;
#endif
        const int few = 100, many = 1100;
        var (fewLines, manyLines) = (HotPaths.Lines(few), HotPaths.Lines(many));
        // The streams end at once, as all bytes are there: the task is complete when it is returned.
        var short_ = BytesPerCall(() => Assert.True(_paths.AnswerAsync(fewLines).IsCompletedSuccessfully));
        var long_ = BytesPerCall(() => Assert.True(_paths.AnswerAsync(manyLines).IsCompletedSuccessfully));
        Assert.InRange((long_ - short_) / (many - few), 0, limit);
    }

    [Fact]
    public void Parsing_an_agents_request_allocates_a_third_of_a_byte_for_each_of_its_bytes_at_most() =>
        Assert.InRange(BytesPerCall(() => _paths.Parse()) / _paths.Body.Length, 0, 0.3);

    [Fact]
    public void Translating_an_agents_request_allocates_less_than_its_size() =>
        Assert.InRange(BytesPerCall(() => _paths.Translate()) / _paths.Body.Length, 0, 0.65);

    [Fact]
    public void Counting_an_agents_request_allocates_next_to_nothing() => Assert.InRange(BytesPerCall(() => _paths.Count()), 0, 3100);

    private static double BytesPerCall(Action call)
    {
        const int warmUp = 50, calls = 200;
        for (var i = 0; i < warmUp; i++) call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < calls; i++) call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)calls;
    }
}
