using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Providers.Gemini;
using Dragoman.Providers.Ollama;
using Dragoman.Providers.OpenAi;

namespace Dragoman.Tests.Providers;

/// <summary>How much an upstream takes at once, by its section of the configuration and by what it is.</summary>
public sealed class LaneSettingsTests
{
    private const string Here = "http://localhost:11434/";

    [Theory]
    [InlineData("{}", Here, "qwen3:8b", "ollama/qwen3:8b", 1)]
    [InlineData("{}", Here, "Qwen3:latest", "ollama/qwen3", 1)]
    [InlineData("{}", Here, "gpt-oss:120b-cloud", null, 0)]
    [InlineData("{}", "http://gpu.example:11434/", "qwen3:8b", null, 0)]
    [InlineData("""{"concurrency":4}""", Here, "qwen3:8b", "ollama", 4)]
    [InlineData("""{"concurrency":4}""", "http://gpu.example:11434/", "qwen3:8b", "ollama", 4)]
    [InlineData("""{"concurrency":0}""", Here, "qwen3:8b", null, 0)]
    [InlineData("""{"concurrency":4,"models":{"qwen3:8b":{"concurrency":2}}}""", Here, "qwen3:8b", "ollama/qwen3:8b", 2)]
    [InlineData("""{"concurrency":4,"models":{"qwen3:8b":{"concurrency":0}}}""", Here, "qwen3:8b", null, 0)]
    [InlineData("""{"concurrency":4,"models":{"qwen3:8b":{"concurrency":2}}}""", Here, "gemma4", "ollama", 4)]
    public void An_ollama_on_this_machine_has_a_lane_for_each_model_unless_the_configuration_says_otherwise(string section, string address, string model, string? lane, int concurrency)
    {
        var limit = OllamaSettings.Read("ollama", JsonDocument.Parse(section).RootElement).LaneOf(new Target("ollama", model), new Uri(address));
        Assert.Equal((lane, concurrency), (limit?.Lane.ToString(), limit?.Concurrency ?? 0));
        if (limit is { } set) Assert.Equal(LaneLimit.DefaultQueue, set.Queue);
    }

    [Theory]
    [InlineData("""{"concurrency":-1}""", "providers.x.concurrency: -1 is less than 0 (0: no limit)")]
    [InlineData("""{"queue":-2}""", "providers.x.queue: -2 is less than 0 (0: nobody waits)")]
    [InlineData("""{"models":{"m":{"concurrency":-3}}}""", "providers.x.models.m.concurrency: -3 is less than 0 (0: no limit)")]
    public void Negative_limits_are_refused(string section, string message)
    {
        var json = JsonDocument.Parse(section).RootElement;
        Assert.All((Action[])[() => OllamaSettings.Read("x", json), () => OpenAiSettings.Read("x", json), () => GeminiSettings.Read("x", json)], read => Assert.Equal(message, Assert.Throws<ConfigException>(read).Message));
    }
}
