using Dragoman.Bench.Relays;
using Dragoman.Bench.Upstream;

namespace Dragoman.Bench;

/// <summary>
/// Measures gateways side by side. <c>run</c> is the benchmark; the other commands are the processes that it starts: the relays that are the floor, the paced
/// upstream, and the gateway inside a process that can tell what it allocates.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] words)
    {
        var arguments = new Arguments(words);
        switch (words.FirstOrDefault())
        {
            case "run": return await BenchRun.RunAsync(arguments);
            case "relay": return await RelayProgram.RunAsync(arguments);
            case "upstream": return await PacedUpstream.RunAsync(arguments);
            case "host": return await GatewayHost.RunAsync(arguments);
            default:
                await Console.Error.WriteLineAsync("usage: run [--quick] [--seconds N] [--rounds N] [--rows a,b] [--requests small,100k] [--phases a,b] [--out DIR]");
                return 2;
        }
    }
}
