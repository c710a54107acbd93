using BenchmarkDotNet.Attributes;
using Dragoman.Bench;

namespace Dragoman.MicroBenchmarks;

/// <summary>What an event costs on its way back.</summary>
[MemoryDiagnoser]
public class EventBenchmarks
{
    private readonly HotPaths _paths = new();
    private readonly byte[] _lines = HotPaths.Lines(200);

    [Benchmark]
    public int LineToEvents() => _paths.LineToEvents();

    [Benchmark]
    public int EventToBytes() => _paths.EventToBytes();

    /// <summary>Lines, events and bytes of a whole answer that comes at once.</summary>
    [Benchmark]
    public async Task<int> AnswerOf200Tokens() => await _paths.AnswerAsync(_lines);
}
