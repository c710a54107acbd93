using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Ollama;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.ClientTests;

/// <summary><c>dragoman launch</c> where something about the machine is odd: no log, other gateways at the port, wrong settings, a small terminal.</summary>
public sealed class LaunchSurroundingsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Without_a_place_for_the_log_the_client_works_all_the_same()
    {
        using var dragoman = new Launched().WithScript("claude", "echo works");
        await File.WriteAllTextAsync(Path.Combine(dragoman.Home, ".local"), "no folder", TestContext.Current.CancellationToken);
        var outcome = await dragoman.RunAsync("launch", "claude");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("works", outcome.Output.Trim());
        Assert.Contains("This launch has no log: ", outcome.Errors);
        Assert.DoesNotContain("\nLog: ", outcome.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_gateway_that_wants_a_key_says_so_and_takes_it()
    {
        await using var gateway = await GatewayProcess.StartAsync("--key", "secret");
        using var dragoman = new Launched().With("PORT", $"{gateway.Url.Port}").WithScript("claude", "echo \"token $ANTHROPIC_AUTH_TOKEN\"");
        var refused = await dragoman.RunAsync("launch", "claude");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"The gateway at http://127.0.0.1:{gateway.Url.Port} wants its key: give it with --key or DRAGOMAN_KEY.", refused.Errors);
        Assert.Empty(refused.Output);
        Assert.Equal("token secret", (await dragoman.With("DRAGOMAN_KEY", "secret").RunAsync("launch", "claude")).Output.Trim());
        // One of its own, as the sentence says.
        Assert.Contains("token secret", (await dragoman.RunAsync("launch", "--port", "0", "claude")).Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_gateway_of_another_version_is_used_and_named()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var old = builder.Build();
        old.Urls.Add("http://127.0.0.1:0");
        old.MapGet("/api/hello", () => Results.Text("""{"name":"dragoman","version":"0.0.7"}""", "application/json"));
        await old.StartAsync(TestContext.Current.CancellationToken);
        using var dragoman = new Launched().With("PORT", $"{new Uri(old.Urls.First()).Port}").WithScript("claude", "echo \"at $ANTHROPIC_BASE_URL\"");
        var outcome = await dragoman.RunAsync("launch", "claude");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal($"at {old.Urls.First()}", outcome.Output.Trim());
        Assert.Contains("has another version, 0.0.7", outcome.Errors);
    }

    [Fact(Timeout = 60_000)]
    public async Task Wrong_settings_are_said_before_the_client_starts()
    {
        using var dragoman = new Launched().WithScript("claude", "echo started");
        var missing = await dragoman.RunAsync("launch", "--config", "nowhere.json", "claude");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("nowhere.json", missing.Errors);
        await File.WriteAllTextAsync(Path.Combine(dragoman.WorkingDirectory, "wrong.json"), """{ "prot": 1 }""", TestContext.Current.CancellationToken);
        var wrong = await dragoman.RunAsync("launch", "--config", "wrong.json", "claude");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("did you mean 'port'?", wrong.Errors);
        var port = await dragoman.With("PORT", "soon").RunAsync("launch", "claude");
        Assert.Equal(2, port.ExitCode);
        Assert.Contains("PORT: 'soon' is not a port", port.Errors);
        Assert.Empty(missing.Output + wrong.Output + port.Output);
    }

    [Fact(Timeout = 90_000)]
    public async Task Claude_Code_says_what_its_requests_are_for_and_a_launch_records_them()
    {
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched(Path.GetDirectoryName(Installed.ClaudeCode)!).With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}");
        var records = Path.Combine(dragoman.WorkingDirectory, "records");
        var outcome = await dragoman.RunAsync("launch", "--record", records, "claude", "-p", "[[text:recorded]]");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal("recorded", outcome.Output.Trim());
        var requests = Directory.GetFiles(records, "meta.json", SearchOption.AllDirectories).Select(File.ReadAllText).Where(meta => meta.Contains("/v1/messages?", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(requests);
        Assert.All(requests, meta => Assert.Contains("x-claude-code-request-class", meta, StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_piped_is_the_clients_alone()
    {
        using var dragoman = new Launched().WithScript("claude", "echo one; echo two >&2");
        var piped = await dragoman.RunAsync("launch", "claude");
        Assert.Equal("one\n", piped.Output);
        Assert.EndsWith("two\n", piped.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task In_a_small_terminal_the_client_gets_all_of_it()
    {
        Assert.SkipUnless(TmuxTerminal.IsInstalled, "tmux, which makes the terminal, is not installed on this machine.");
        using var dragoman = new Launched().WithScript("claude", "stty size; read line; exit 3");
        await using var terminal = await dragoman.StartInTmuxAsync(columns: 30, rows: 6, "launch", "claude");
        await terminal.ShowsAsync("6 30");
        await terminal.PressAsync("Enter");
        Assert.Equal(3, await terminal.EndAsync());
    }
}
