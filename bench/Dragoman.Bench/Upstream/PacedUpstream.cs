using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>
/// <c>upstream --port N --pace TOKENS_PER_SECOND --tokens N</c>: answers as a model does, token by token, in Ollama's or OpenAI's format. Each token carries
/// the moment at which it was sent (<see cref="Stopwatch"/>, one clock for all processes of the machine), so that a reader behind any gateway knows its delay.
/// <c>POST /pace/N/TOKENS</c> changes pace and length for answers that begin later. It writes sockets by itself: a web server's cost per token would
/// take from the gateway the processor that is to be measured.
/// </summary>
internal sealed class PacedUpstream
{
    private readonly TokenPacer _pacer = new();
    private (double TokensPerSecond, int Tokens) _pace;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var upstream = new PacedUpstream { _pace = (arguments.Number("--pace", 50), arguments.Number("--tokens", 200)) };
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, arguments.Number("--port", 0)));
        const int backlog = 4096;
        listener.Listen(backlog);
        Console.WriteLine(listener.LocalEndPoint);
        upstream._pacer.Start();
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = upstream.ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var reader = new RequestReader(socket);
        try
        {
            while (await reader.NextAsync() is { } path) await AnswerAsync(socket, path);
        }
        catch (SocketException)
        {
            // The client has gone.
        }
    }

    private async Task AnswerAsync(Socket socket, string path)
    {
        switch (path)
        {
            case "/api/chat": await StreamAsync(socket, "application/x-ndjson", isOllama: true); break;
            case "/v1/chat/completions": await StreamAsync(socket, "text/event-stream", isOllama: false); break;
            case "/api/show": await JsonAsync(socket, CannedAnswers.Show); break;
            case "/api/tags": await JsonAsync(socket, CannedAnswers.Tags); break;
            case "/api/version": await JsonAsync(socket, CannedAnswers.Version); break;
            default:
                var words = path.Split('/');
                if (words is ["", "pace", var pace, var tokens]) _pace = (double.Parse(pace, CultureInfo.InvariantCulture), int.Parse(tokens, CultureInfo.InvariantCulture));
                await JsonAsync(socket, "{}");
                break;
        }
    }

    private async Task StreamAsync(Socket socket, string type, bool isOllama)
    {
        await SendAsync(socket, $"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n");
        var (pace, tokens) = _pace;
        var stream = new TokenStream(socket, tokens, TimeSpan.FromSeconds(1 / pace), isOllama);
        _pacer.Add(stream);
        if (!await stream.Finished) throw new SocketException((int)SocketError.ConnectionReset);
    }

    private static Task JsonAsync(Socket socket, string json) =>
        SendAsync(socket, string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}"));

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text));
}
