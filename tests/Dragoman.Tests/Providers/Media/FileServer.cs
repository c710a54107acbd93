using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Tests.Providers.Media;

/// <summary>A web server on loopback that gives one prepared answer to every request and counts them.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _answer;
    private readonly Task _serving;
    private int _requests;

    /// <summary>Starts with an answer: head lines and a body.</summary>
    public FileServer(string head, byte[] body)
    {
        _answer = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>How many connections were made.</summary>
    public int Requests => _requests;

    /// <summary>A URL on this server.</summary>
    public string Url(string path = "file") => $"http://{_listener.LocalEndpoint}/{path}";

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _requests);
                var stream = client.GetStream();
                var received = new StringBuilder();
                var buffer = new byte[4096];
                while (!received.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(buffer, _stop.Token);
                    if (read == 0) break;
                    received.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }

                await stream.WriteAsync(_answer, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }
}
