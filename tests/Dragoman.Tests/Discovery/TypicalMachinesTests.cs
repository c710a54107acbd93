using System.Text.Json;
using Dragoman.Discovery;
using Dragoman.Providers;

namespace Dragoman.Tests.Discovery;

/// <summary>What is chosen on the machines that people have, of the models that they pull.</summary>
public sealed class TypicalMachinesTests
{
    private const int ContextTokens = 32_768;

    // Gibibytes: the machine's own, and the graphics card's.
    private static readonly Dictionary<string, MachineMemory> Machines = new(StringComparer.Ordinal)
    {
        ["16 GB laptop"] = Machine(16, 0),
        ["32 GB Mac"] = Machine(32, 0),
        ["64 GB Mac"] = Machine(64, 0),
        ["128 GB Mac"] = Machine(128, 0),
        ["32 GB, 8 GB card"] = Machine(32, 8),
        ["64 GB, 24 GB card"] = Machine(64, 24),
    };

    // Billions of parameters, gigabytes on the disk, kilobytes of cache for a token: rounded.
    private static readonly Dictionary<string, (double Billions, double Gigabytes, int Cache)> Library = new(StringComparer.Ordinal)
    {
        ["devstral-small-2:24b"] = (24, 15.2, 164),
        ["gemma4:e4b"] = (8, 9.6, 30),
        ["glm-4.7-flash"] = (29.9, 19, 54),
        ["gpt-oss:120b"] = (116.8, 65.4, 37),
        ["gpt-oss:20b"] = (20.9, 13.8, 25),
        ["granite4:3b"] = (3.4, 2.1, 82),
        ["llama3.1:8b"] = (8, 4.9, 131),
        ["llama3.3:70b"] = (70.6, 42.5, 328),
        ["nemotron-3-nano:30b"] = (31.6, 24.3, 6),
        ["qwen2.5-coder:7b"] = (7.6, 4.7, 57),
        ["qwen3-coder-next"] = (79.7, 51.7, 25),
        ["qwen3-coder:30b"] = (30.5, 18.6, 98),
        ["qwen3.5:35b"] = (36, 24, 20),
        ["qwen3.5:9b"] = (9.7, 6.6, 32),
        ["qwen3:14b"] = (14.8, 9.3, 164),
        ["qwen3:30b"] = (30.5, 18.6, 98),
        ["qwen3:32b"] = (32.8, 20.2, 262),
        ["qwen3:4b"] = (4, 2.6, 147),
        ["qwen3:8b"] = (8.2, 5.2, 147),
    };

    [Theory]
    [InlineData("16 GB laptop", "qwen3:4b qwen3:8b llama3.1:8b gpt-oss:20b", "qwen3:8b", "qwen3:8b")]
    [InlineData("16 GB laptop", "qwen3:4b qwen3.5:9b qwen3:14b", "qwen3.5:9b", "qwen3.5:9b")]
    [InlineData("16 GB laptop", "qwen2.5-coder:7b llama3.1:8b qwen3:4b", "qwen3:4b", "qwen3:4b")]
    [InlineData("32 GB Mac", "qwen3-coder:30b gpt-oss:20b qwen3:32b qwen3:4b", "qwen3-coder:30b", "qwen3-coder:30b")]
    [InlineData("32 GB Mac", "glm-4.7-flash qwen3:14b llama3.3:70b", "glm-4.7-flash", "glm-4.7-flash")]
    [InlineData("32 GB Mac", "qwen3:30b gpt-oss:20b granite4:3b", "gpt-oss:20b", "granite4:3b")]
    [InlineData("32 GB Mac", "devstral-small-2:24b gemma4:e4b", "devstral-small-2:24b", "devstral-small-2:24b")]
    [InlineData("64 GB Mac", "qwen3-coder-next gpt-oss:120b qwen3-coder:30b qwen3:8b", "qwen3-coder:30b", "qwen3:8b")]
    [InlineData("64 GB Mac", "nemotron-3-nano:30b qwen3.5:35b llama3.3:70b granite4:3b", "qwen3.5:35b", "granite4:3b")]
    [InlineData("128 GB Mac", "qwen3-coder-next gpt-oss:120b qwen3-coder:30b qwen3:8b", "gpt-oss:120b", "qwen3:8b")]
    // A small model that fits on the card alone is no use, when a good one is shared between card and processor.
    [InlineData("32 GB, 8 GB card", "qwen3-coder:30b qwen3:8b qwen3:4b", "qwen3-coder:30b", "qwen3-coder:30b")]
    [InlineData("64 GB, 24 GB card", "qwen3-coder:30b llama3.3:70b qwen3:32b qwen3:4b", "qwen3-coder:30b", "qwen3-coder:30b")]
    [InlineData("64 GB, 24 GB card", "gpt-oss:120b gpt-oss:20b qwen3:4b", "gpt-oss:20b", "qwen3:4b")]
    [InlineData("64 GB, 24 GB card", "qwen3:32b qwen3:14b", "qwen3:14b", "qwen3:14b")]
    public void A_machine_gets_what_it_can_work_with(string machine, string models, string opus, string haiku)
    {
        var tiers = TierRules.Choose([Ollama(models.Split(' '))], Machines[machine]);
        Assert.Equal([opus, opus, haiku], tiers.Select(tier => tier.Target.Model));
    }

    [Fact]
    public void What_does_not_fit_is_never_taken_where_something_does()
    {
        foreach (var (machine, memory) in Machines)
        {
            foreach (var (one, other) in Library.Keys.SelectMany(one => Library.Keys.Select(other => (one, other))))
            {
                var (chosen, rest) = TierRules.Choose([Ollama([one, other])], memory)[0].Target.Model == one ? (one, other) : (other, one);
                Assert.True(Fits(chosen, memory) || !Fits(rest, memory), $"{machine}: {chosen} instead of {rest}");
            }
        }
    }

    [Fact]
    public void The_order_in_which_models_are_listed_does_not_matter()
    {
        foreach (var memory in Machines.Values)
        {
            var forth = TierRules.Choose([Ollama([.. Library.Keys])], memory).Select(tier => tier.Target.Model);
            var back = TierRules.Choose([Ollama([.. Library.Keys.Reverse()])], memory).Select(tier => tier.Target.Model);
            Assert.Equal(forth, back);
        }
    }

    [Fact]
    public void The_tables_of_the_documentation_have_every_rule_in_order()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent!;
        var lines = File.ReadAllLines(Path.Combine(folder.FullName, "docs/cli.md"));
        var head = Array.IndexOf(lines, "| for opus and sonnet | for haiku |");
        var rows = lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.True(head > 0 && rows.Count == TierRules.ForLarge.Count && rows.Count == TierRules.ForSmall.Count);
        Assert.All(rows.Zip(TierRules.ForLarge, TierRules.ForSmall), row =>
        {
            Assert.StartsWith(row.Second.Why, row.First[1], StringComparison.Ordinal);
            Assert.StartsWith(row.Third.Why, row.First[2], StringComparison.Ordinal);
        });
    }

    private static MachineMemory Machine(long gibibytes, long graphics) => new(gibibytes << 30, graphics << 30);

    private static double Bytes(string model) => (Library[model].Gigabytes * 1e9) + (Library[model].Cache * 1000d * ContextTokens);

    private static bool Fits(string model, MachineMemory memory) => Bytes(model) <= memory.Usable;

    private static Finding Ollama(IReadOnlyList<string> models) =>
        new(Sources.Servers[0], JsonDocument.Parse("{}").RootElement, "here", [.. models.Select(Model)], Problem: null);

    private static ModelInfo Model(string name) => new()
    {
        Name = name,
        Tools = true,
        MaxInputTokens = ContextTokens,
        Billions = Library[name].Billions,
        SizeBytes = (long)(Library[name].Gigabytes * 1e9),
        MemoryBytes = (long)Bytes(name),
    };
}
