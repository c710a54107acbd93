using System.Text.Json;

namespace Dragoman.Tests.Cli;

public sealed class ConfigCommandTests
{
    private const string Configuration = """
        {
          "key": "very-secret-1",
          "models": { "*": "ollama/qwen3:8b" }, // kept
          "providers": { "ollama": { "numCtx": 65536 }, "other": { "type": "openai", "url": "http://127.0.0.1:9/v1", "apiKey": "very-secret-2", "headers": { "X-Auth": "very-secret-3", "X-Team": "blue" } }, "gemini": { "apiKey": "env:PATH" } }
        }
        """;

    [Fact(Timeout = 120_000)]
    public async Task The_settings_in_force_are_shown_with_their_origin_and_without_secrets()
    {
        var folder = ProgramFolder.With(Configuration);
        var outcome = await ProgramFolder.RunAsync(folder, "config", "show", "--port", "4000");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Documented.Holds("docs/cli.md", "dragoman config show --port 4000", outcome.Output);
        Assert.DoesNotContain("very-secret", outcome.Output);
        Assert.Contains("\"port\": 4000, // command line or environment", outcome.Output);
        Assert.Contains("\"models\": {\"*\":\"ollama/qwen3:8b\"}, // file", outcome.Output);
        Assert.Contains("\"host\": \"127.0.0.1\", // default", outcome.Output);
        using var json = JsonDocument.Parse((await ProgramFolder.RunAsync(folder, "config", "show", "--json")).Output);
        var other = json.RootElement.GetProperty("providers").GetProperty("other");
        Assert.Equal(("(hidden)", "(hidden)", "blue"), (other.GetProperty("apiKey").GetString(), other.GetProperty("headers").GetProperty("X-Auth").GetString(), other.GetProperty("headers").GetProperty("X-Team").GetString()));
        Assert.Equal("env:PATH", json.RootElement.GetProperty("providers").GetProperty("gemini").GetProperty("apiKey").GetString());
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_wrong_is_said_on_standard_error()
    {
        Assert.Equal((0, "The settings are right.\n"), await CheckAsync(Configuration));
        var (exit, output) = await CheckAsync("""{ "providers": { "ollama": { "numCtxs": 1 } } }""");
        Assert.Equal((2, ""), (exit, output));
    }

    private static async Task<(int, string)> CheckAsync(string configuration)
    {
        var outcome = await ProgramFolder.RunAsync(ProgramFolder.With(configuration), "config", "check");
        Assert.Equal(outcome.ExitCode != 0, outcome.Errors.Contains("numCtxs", StringComparison.Ordinal));
        return (outcome.ExitCode, outcome.Output);
    }
}
