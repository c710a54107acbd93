using System.Collections.Concurrent;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Dragoman.Cli;
using Dragoman.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Configuration;

/// <summary>The real gateway on a real port with a configuration file that it watches.</summary>
internal sealed class ReloadingGateway : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConfigFolder _folder;
    private readonly WebApplication _app;
    private readonly LogLines _log;
    private readonly TickingClock _clock = new();

    private ReloadingGateway(ConfigFolder folder, WebApplication app, ConfigReading reading, LogLines log)
    {
        (_folder, _app, _log) = (folder, app, log);
        Live = app.Services.GetRequiredService<LiveGateway>();
        Reload = new ConfigReload(Live, reading, _clock, app.Services.GetRequiredService<ILogger<ConfigReload>>());
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The gateway itself.</summary>
    public LiveGateway Live { get; }

    /// <summary>What watches the file.</summary>
    public ConfigReload Reload { get; }

    /// <summary>Talks to the gateway.</summary>
    public HttpClient Client { get; }

    /// <summary>The lines that were logged so far, without time and the folder's name.</summary>
    public IReadOnlyList<string> Log => [.. _log.Lines.Select(line => _folder.Short(line["00:00:00 ".Length..]))];

    /// <summary>Starts it with a file, and further words of the command line.</summary>
    public static async Task<ReloadingGateway> StartAsync(ConfigFolder folder, params string[] arguments)
    {
        var command = new Command("serve");
        var reader = new ServeOptions();
        reader.AddTo(command);
        var reading = new ConfigReading(reader, command.Parse(["--config", folder.File, "--port", "0", .. arguments]));
        var log = new LogLines();
        var app = ServeCommand.Build(reading.Read(), log);
        await app.StartAsync();
        return new ReloadingGateway(folder, app, reading, log);
    }

    /// <summary>Lets time pass until the log says something (again).</summary>
    public async Task UntilLoggedAsync(string words, int times = 1)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (Log.Count(line => line.Contains(words, StringComparison.Ordinal)) < times)
        {
            Assert.False(limit.IsCancellationRequested, $"not logged: {words}\n{string.Join('\n', Log)}");
            _clock.Tick();
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Asks; the answer's headers are there when this returns.</summary>
    public Task<HttpResponseMessage> AskAsync(string model, bool stream = false, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = new StringContent($$"""{"model":"{{model}}","max_tokens":1000,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"go"}]}""", Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("x-api-key", key);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Asks and says which model answered, or what went wrong.</summary>
    public async Task<string> AnswererAsync(string model, string? key = null)
    {
        using var response = await AskAsync(model, key: key);
        if (response.IsSuccessStatusCode) return response.Headers.GetValues("x-dragoman-model").Single();
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return $"{(int)response.StatusCode} {body.RootElement.GetProperty("error").GetProperty("type").GetString()}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Reload.DisposeAsync();
        await _app.DisposeAsync();
    }

    private sealed class LogLines : TextWriter
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> Lines => _lines;

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            _lines.Enqueue(value ?? "");
            return Task.CompletedTask;
        }
    }
}
