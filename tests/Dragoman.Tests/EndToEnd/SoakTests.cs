using System.Text;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.Tests.EndToEnd;

/// <summary>Not parallel: what other tests allocate meanwhile would count as growth.</summary>
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
public sealed class SoakCollection;

[Collection(nameof(SoakTests))]
public sealed class SoakTests
{
    private const int Streams = 200;

    [Fact(Timeout = 60_000)]
    public async Task Two_hundred_streams_with_cancellations_leave_nothing_open_and_memory_flat()
    {
        await using var gateway = await OllamaGateway.StartAsync(new OllamaScenario { Reply = _ => new ChatReply().Thinking("hm").RepeatText("token ", 100), Pace = TimeSpan.FromMilliseconds(1) }, settings: ",\"concurrency\":0");
        await WaveAsync(gateway, seed: 1);
        var before = Settled();
        for (var wave = 2; wave <= 4; wave++) await WaveAsync(gateway, wave);
        var after = Settled();
        Assert.Equal(0, gateway.Ollama.OpenChats);
        Assert.True(gateway.Ollama.AbortedChats > 0, "no stream was cancelled in the middle");
        // Three more waves of 200 streams may not leave more than noise behind; a leak of one buffer a stream would be 10 MB.
        Assert.True(after - before < 8 << 20, $"{(after - before) >> 10} kB more after three waves");
    }

    private static async Task WaveAsync(OllamaGateway gateway, int seed)
    {
        var random = new Random(seed);
        var leaveAt = Enumerable.Range(0, Streams).Select(i => i % 2 == 0 ? int.MaxValue : random.Next(0, 60)).ToArray();
        await Task.WhenAll(leaveAt.Select(events => ReadAsync(gateway, events)));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await gateway.Ollama.WaitForOpenChatsAsync(0, limit.Token);
    }

    private static async Task ReadAsync(OllamaGateway gateway, int leaveAt)
    {
        using var response = await gateway.AskAsync("""{"model":"qwen3:8b","max_tokens":1000,"stream":true,"messages":[{"role":"user","content":"go"}]}""");
        Assert.Equal(200, (int)response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        var events = 0;
        string? last = null;
        while (events < leaveAt && await reader.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("event: ", StringComparison.Ordinal)) continue;
            events++;
            last = line;
        }

        if (leaveAt == int.MaxValue) Assert.Equal("event: message_stop", last);
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
