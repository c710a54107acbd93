using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Bench.Load;

/// <summary>One answer as its caller saw it.</summary>
/// <param name="Status">HTTP status; 0 when the connection broke.</param>
/// <param name="FirstToken">Time from the request to the first token, in milliseconds; NaN when none came.</param>
/// <param name="Whole">Time to the answer's end, in milliseconds.</param>
/// <param name="Bytes">Bytes of the answer, headers included.</param>
/// <param name="Start">The beginning of the answer.</param>
internal readonly record struct Answer(int Status, double FirstToken, double Whole, long Bytes, string Start)
{
    /// <summary>It has a token and came to its end.</summary>
    public bool IsGood => Status == 200 && !double.IsNaN(FirstToken);
}

/// <summary>Sends one request over and over, on connections that are kept.</summary>
internal sealed class Caller : IDisposable
{
    private const int ReceiveBytes = 64 << 10;

    private readonly IPEndPoint _target;
    private readonly byte[] _request;
    private readonly ConcurrentStack<Socket> _idle = new();

    /// <summary>Prepares the request.</summary>
    public Caller(int port, string path, byte[] body, IReadOnlyDictionary<string, string> headers)
    {
        _target = new IPEndPoint(IPAddress.Loopback, port);
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"));
        foreach (var (name, value) in headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        _request = [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>Asks once. <paramref name="onStamp"/> is told of each token that carries the time of its sending: sent, received.</summary>
    public async Task<Answer> AskAsync(Action<long, long>? onStamp = null)
    {
        var began = Stopwatch.GetTimestamp();
        var reader = new AnswerReader(onStamp);
        Socket? socket = null;
        try
        {
            socket = await ConnectAsync();
            await socket.SendAsync(_request);
            var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ReceiveBytes);
            try
            {
                int read;
                while ((read = await socket.ReceiveAsync(buffer)) > 0)
                {
                    if (!reader.Take(buffer.AsSpan(0, read), Stopwatch.GetTimestamp())) continue;
                    _idle.Push(socket);
                    return Told(reader, began, reader.Status);
                }
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        catch (SocketException)
        {
            // Told as status 0.
        }

        socket?.Dispose();
        return Told(reader, began, status: 0);
    }

    private static Answer Told(AnswerReader reader, long began, int status) => new(
        status,
        reader.FirstToken == 0 ? double.NaN : Stopwatch.GetElapsedTime(began, reader.FirstToken).TotalMilliseconds,
        Stopwatch.GetElapsedTime(began).TotalMilliseconds,
        reader.Bytes,
        reader.Start);

    private async ValueTask<Socket> ConnectAsync()
    {
        if (_idle.TryPop(out var kept)) return kept;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_target);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }

        return socket;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryPop(out var socket)) socket.Dispose();
    }
}
