using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// A server on loopback that behaves as Ollama's native API does, oddities included: no headers before the first chunk, whole tool calls, counts on the last line
/// only, errors as a line of their own. Facts are those of Ollama 0.32 (August 2026).
/// </summary>
public sealed class SimulatedOllama : IAsyncDisposable
{
    private readonly OllamaScenario _scenario;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RecordedChat> _chats = new();
    private readonly ConcurrentDictionary<string, ModelRunner> _runners = new(StringComparer.OrdinalIgnoreCase);
    private readonly Watched _open = new();
    private readonly Watched _arrived = new();
    private int _aborted;

    private SimulatedOllama(OllamaScenario scenario, int port)
    {
        _scenario = scenario;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(System.Net.IPAddress.Loopback, port);
            server.Limits.MaxRequestBodySize = null;
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>All chats so far.</summary>
    public IReadOnlyList<RecordedChat> Chats => [.. _chats];

    /// <summary>The bodies of all chats so far.</summary>
    public IReadOnlyList<string> ChatRequests => [.. _chats.Select(chat => chat.Body)];

    /// <summary>Chats whose answer is not finished.</summary>
    public int OpenChats => _open.Value;

    /// <summary>Chats that the client left before their end.</summary>
    public int AbortedChats => _aborted;

    /// <summary>How often a model was loaded.</summary>
    public int Loads(string model) => _runners.TryGetValue(model, out var runner) ? runner.Loads : 0;

    /// <summary>Starts a server; port 0 takes a free one.</summary>
    public static async Task<SimulatedOllama> StartAsync(OllamaScenario scenario, int port = 0)
    {
        var server = new SimulatedOllama(scenario, port);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Waits until so many chats have arrived in all.</summary>
    public Task WaitForChatsAsync(int count, CancellationToken cancellationToken) => _arrived.WaitAsync(value => value >= count, cancellationToken);

    /// <summary>Waits until exactly so many chats are open.</summary>
    public Task WaitForOpenChatsAsync(int count, CancellationToken cancellationToken) => _open.WaitAsync(value => value == count, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        if (_scenario.Key is { } key && http.Request.Headers.Authorization != $"Bearer {key}")
        {
            await JsonAsync(http, 401, """{"error":"unauthorized","signin_url":"https://ollama.com/connect"}""");
            return;
        }

        await (($"{http.Request.Method} {http.Request.Path}") switch
        {
            "GET /" or "HEAD /" => TextAsync(http, 200, "Ollama is running"),
            "GET /api/version" or "HEAD /api/version" => JsonAsync(http, 200, """{"version":"0.32.15"}"""),
            "GET /api/tags" => JsonAsync(http, 200, ModelAnswers.Tags(_scenario.Models)),
            "GET /api/ps" => JsonAsync(http, 200, """{"models":[]}"""),
            "POST /api/show" => ShowAsync(http),
            "POST /api/chat" => ChatAsync(http),
            _ => TextAsync(http, 404, "404 page not found"),
        });
    }

    private async Task ShowAsync(HttpContext http)
    {
        using var request = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        var name = request.RootElement.GetProperty("model").GetString()!;
        if (Find(name) is { } model) await JsonAsync(http, 200, ModelAnswers.Show(model));
        else await JsonAsync(http, 404, $$"""{"error":"model '{{name}}' not found"}""");
    }

    private async Task ChatAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var request = JsonDocument.Parse(body).RootElement;
        var name = request.GetProperty("model").GetString()!;
        if (Find(name) is not { } model)
        {
            await JsonAsync(http, 404, $$"""{"error":"model '{{name}}' not found"}""");
            return;
        }

        var messages = request.GetProperty("messages").GetRawText();
        var attempt = _chats.Count(chat => chat.Request.GetProperty("messages").GetRawText() == messages);
        var call = new ChatCall(_chats.Count, body, request, model, attempt);
        _chats.Enqueue(new RecordedChat(body, request));
        _open.Add(1);
        _arrived.Add(1);
        try
        {
            await AnswerAsync(http, call);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _aborted);
        }
        finally
        {
            _open.Add(-1);
        }
    }

    private async Task AnswerAsync(HttpContext http, ChatCall call)
    {
        if (ChatRules.Check(call.Request, call.Model) is { } wrong)
        {
            await JsonAsync(http, wrong.Status, $$"""{"error":{{JsonSerializer.Serialize(wrong.Error)}}}""");
            return;
        }

        var run = _runners.GetOrAdd(call.Model.Name, _ => new ModelRunner()).Run(call);
        var truncate = !call.Request.TryGetProperty("truncate", out var flag) || flag.GetBoolean();
        if (run.Tokens > run.Context && call.Model.RemoteHost is null)
        {
            if (!truncate)
            {
                await JsonAsync(http, 400, ModelAnswers.Overflow(run));
                return;
            }

            // The default: about half of the context is left of the prompt, and nobody is told.
            run = run with { Tokens = (run.Context / 2) + 3 };
        }

        await new ChatPlayer(http, call, run, _scenario).PlayAsync(_scenario.Reply(call).Ended());
    }

    private SimulatedModel? Find(string name)
    {
        var tagged = name.Contains(':') ? name : name + ":latest";
        return _scenario.Models.FirstOrDefault(model => string.Equals(model.Name, tagged, StringComparison.OrdinalIgnoreCase));
    }

    private static Task JsonAsync(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }

    private static Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}

/// <summary>A chat as it arrived.</summary>
public sealed record RecordedChat(string Body, JsonElement Request);
