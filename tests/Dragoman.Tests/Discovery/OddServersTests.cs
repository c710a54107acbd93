using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Dragoman.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Discovery;

/// <summary>What else listens on the usual ports: discovery is neither held up nor misled.</summary>
public sealed class OddServersTests
{
    private const string List = """{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm"}]}""";

    // Where nobody else answers.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("a web page", 200, "text/html", "<!doctype html><title>Jenkins</title>")]
    [InlineData("a page that wants a login", 401, "text/html", "<h1>Unauthorized</h1>")]
    [InlineData("nothing there", 404, "application/json", """{"detail":"Not Found"}""")]
    [InlineData("still starting", 503, "application/json", """{"error":{"message":"Loading model"}}""")]
    [InlineData("no JSON", 200, "application/json", "not json")]
    [InlineData("other JSON", 200, "application/json", """{"data":{"a":1}}""")]
    [InlineData("an array", 200, "application/json", "[1,2]")]
    [InlineData("nothing", 200, "application/json", "")]
    [InlineData("another list under a text", 200, "application/json", "\"data\"")]
    public async Task Whatever_is_no_list_of_models_is_passed_over(string what, int status, string type, string body)
    {
        await using var server = await ServeAsync(http => AnswerAsync(http, status, type, body));
        Assert.Empty((await FindAsync(TimeProvider.System, Address(server))).Findings);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task Half_a_character_in_a_list_harms_nobody()
    {
        await using var server = await ServeAsync(http => AnswerAsync(http, 200, "application/json", """{"data":[{"id":"m","owned_by":"\ud800"}]}"""));
        var finding = Assert.Single((await FindAsync(TimeProvider.System, Address(server))).Findings);
        Assert.Equal("m", Assert.Single(finding.Models).Name);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var paths = new ConcurrentQueue<string>();
        await using var server = await ServeAsync(http =>
        {
            paths.Enqueue(http.Request.Path);
            if (http.Request.Path == "/elsewhere") return AnswerAsync(http, 200, "application/json", List);
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        Assert.Empty((await FindAsync(TimeProvider.System, Address(server))).Findings);
        Assert.Equal(["/v1/models"], paths);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        var gone = new TaskCompletionSource();
        await using var server = await ServeAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            http.RequestAborted.Register(gone.SetResult);
            var spaces = new byte[1 << 16];
            Array.Fill(spaces, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(spaces, http.RequestAborted);
        });
        // No time passes: its length alone ends it.
        Assert.Empty((await FindAsync(new SetClock(), Address(server))).Findings);
        await gone.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task All_places_are_looked_at_at_once_and_those_that_say_nothing_are_left_after_five_seconds()
    {
        var clock = new SetClock();
        var silent = Enumerable.Range(0, 8).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in silent) listener.Start();
        var search = FindAsync(clock, [.. silent.Select(Address)]);
        // No time has passed, and everybody is asked already: the first has no answer for the second to wait for.
        var connections = await Task.WhenAll(silent.Select(listener => listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask()));
        Assert.False(search.IsCompleted);
        Assert.Equal(Patience, await clock.PassUntilEndedAsync(search, TestContext.Current.CancellationToken));
        Assert.Empty((await search).Findings);
        foreach (var connection in connections) connection.Dispose();
        foreach (var listener in silent) listener.Dispose();
    }

    [Fact]
    public async Task A_list_that_trickles_in_is_left_too()
    {
        var clock = new SetClock();
        var begun = new TaskCompletionSource();
        await using var server = await ServeAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("{\"data\":[", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        var search = FindAsync(clock, Address(server));
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Patience, await clock.PassUntilEndedAsync(search, TestContext.Current.CancellationToken));
        Assert.Empty((await search).Findings);
    }

    // Ollama reads a file of each of its models for the list, which takes longer than a second on many machines.
    [Fact]
    public async Task An_Ollama_that_is_alive_gets_time_for_its_list_but_not_for_ever()
    {
        var (asked, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await ServeAsync(async http =>
        {
            if (http.Request.Path == "/api/ps") await AnswerAsync(http, 200, "application/json", """{"models":[]}""");
            if (http.Request.Path == "/api/show") await AnswerAsync(http, 200, "application/json", """{"capabilities":["completion","tools"]}""");
            if (http.Request.Path != "/api/tags") return;
            asked.TrySetResult();
            await released.Task.WaitAsync(http.RequestAborted);
            await AnswerAsync(http, 200, "application/json", """{"models":[{"name":"qwen3:8b","size":5200000000}]}""");
        });
        var late = new SetClock();
        var search = FindOllamaAsync(late, Address(server));
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        late.Pass(TimeSpan.FromSeconds(2));
        released.SetResult();
        Assert.Equal("ollama/qwen3:8b", (await search.WaitAsync(TestContext.Current.CancellationToken)).Tiers[0].Target.ToString());

        (asked, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        var never = new SetClock();
        search = FindOllamaAsync(never, Address(server));
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Patience, await never.PassUntilEndedAsync(search, TestContext.Current.CancellationToken));
        Assert.Equal("no answer in time", Assert.Single((await search).Findings).Problem);
    }

    // Its refusal is text without a type (janhq/jan, src-tauri/src/core/server/proxy.rs).
    [Fact]
    public async Task Jan_is_known_by_its_port_although_it_refuses_whoever_has_no_key()
    {
        WebApplication server;
        try
        {
            server = await ServeAsync(
                async http =>
                {
                    http.Response.StatusCode = 401;
                    await http.Response.WriteAsync("Missing authorization header", http.RequestAborted);
                },
                port: 1337);
        }
        catch (IOException)
        {
            Assert.Skip("somebody else has port 1337");
            return;
        }

        await using (server)
        {
            var finding = Assert.Single((await FindAsync(TimeProvider.System, Address(server))).Findings);
            Assert.Equal(("jan", "wants a key; name it in dragoman.json"), (finding.Name, finding.Problem));
        }
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData(":11434", true)]
    [InlineData("127.0.0.1:11434", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("http://[::1]:11434/", true)]
    [InlineData("[::]:11434", true)]
    [InlineData("10.0.0.5", false)]
    [InlineData("gpu-box:11434", false)]
    [InlineData("https://ollama.example.com", false)]
    public void An_address_is_of_this_machine_or_not(string address, bool isHere) => Assert.Equal(isHere, Surroundings.IsThisMachine(address));

    private static Task<Discovered> FindAsync(TimeProvider time, params string[] addresses) => FindAsync(time, ollama: null, string.Join(',', addresses));

    private static async Task<Discovered> FindOllamaAsync(TimeProvider time, string address) => await FindAsync(time, address, "none");

    private static async Task<Discovered> FindAsync(TimeProvider time, string? ollama, string servers)
    {
        // Nobody listens on the reserved port 9 (discard).
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OLLAMA_HOST"] = ollama ?? "http://127.0.0.1:9", ["DRAGOMAN_SERVERS"] = servers };
        var surroundings = new Surroundings(variables.GetValueOrDefault, GoogleCredentialsFile: null, _ => Task.FromResult(MachineMemory.Unknown));
        var found = await new Discoverer(surroundings, time).FindAsync(TestContext.Current.CancellationToken);
        return ollama is null ? found with { Findings = [.. found.Findings.Where(finding => finding.Name != "ollama")] } : found;
    }

    private static string Address(WebApplication server) => server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    private static string Address(TcpListener listener) => $"http://{listener.LocalEndpoint}";

    private static Task AnswerAsync(HttpContext http, int status, string type, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body, http.RequestAborted);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }
}
