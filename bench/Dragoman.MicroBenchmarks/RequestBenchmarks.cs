using BenchmarkDotNet.Attributes;
using Dragoman.Bench;

namespace Dragoman.MicroBenchmarks;

/// <summary>What a request costs before it is sent upstream.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private HotPaths _paths = null!;

    /// <summary>Size of the request in bytes.</summary>
    [Params(100_000, 1_000_000)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _paths = new HotPaths(Bytes);

    [Benchmark]
    public int Parse() => _paths.Parse();

    /// <summary>With tools that were not seen before.</summary>
    [Benchmark]
    public int ParseStranger() => _paths.ParseStranger();

    [Benchmark]
    public int Translate() => _paths.Translate();

    [Benchmark]
    public int CountTokens() => _paths.Count();
}
