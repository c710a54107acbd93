using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Tests.EndToEnd.Apis;

/// <summary>A request as it came to a <see cref="RawUpstream"/>.</summary>
internal sealed record RawRequest(string Method, string Path, string Body);

/// <summary>How a connection ends once the answer's bytes are out.</summary>
internal enum Ending
{
    /// <summary>As it should: the server has said all.</summary>
    Close,

    /// <summary>With a reset, as when the server's process dies.</summary>
    Reset,

    /// <summary>Not at all: the server falls silent.</summary>
    Hang,
}

/// <summary>The bytes of an answer, head and all, and what becomes of the connection.</summary>
/// <param name="Bytes">All that is sent; nothing: not even a head.</param>
/// <param name="Ending">What happens then.</param>
internal sealed record RawAnswer(string Bytes, Ending Ending = Ending.Close)
{
    /// <summary>Waited for before the first byte leaves.</summary>
    public Task Before { get; init; } = Task.CompletedTask;

    /// <summary>Waited for before the connection ends.</summary>
    public Task BeforeEnding { get; init; } = Task.CompletedTask;

    /// <summary>A body of known length.</summary>
    public static RawAnswer Whole(string body, int status = 200, string type = "application/json", string headers = "") =>
        new(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{headers}\r\n{body}"));

    /// <summary>A body in one chunk, with the chunk that ends it or without.</summary>
    public static RawAnswer Chunked(string body, string type, bool isEnded, Ending ending = Ending.Close)
    {
        var chunk = body.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(body):x}\r\n{body}\r\n");
        return new RawAnswer($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunk}{(isEnded ? "0\r\n\r\n" : "")}", ending);
    }
}

/// <summary>A server on loopback that sends exactly the bytes that a test gives it and ends connections as the test says; a connection is one request.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<RawRequest> _requests = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<RawRequest, RawAnswer> _answer;
    private readonly Task _accepting;

    /// <summary>Starts it. Without an answer it holds its port but refuses every connection.</summary>
    public RawUpstream(Func<RawRequest, RawAnswer>? answer)
    {
        _answer = answer ?? (_ => throw new InvalidOperationException("nobody gets here"));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (answer is not null) _listener.Listen();
        _accepting = answer is null ? Task.CompletedTask : AcceptAsync();
    }

    /// <summary>The server's address.</summary>
    public Uri Url => new($"http://{_listener.LocalEndPoint}/");

    /// <summary>All requests so far.</summary>
    public IReadOnlyCollection<RawRequest> Requests => _requests;

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        try
        {
            if (await ReadAsync(connection) is not { } request) return;
            _requests.Enqueue(request);
            var answer = _answer(request);
            await answer.Before.WaitAsync(_stop.Token);
            await SendAsync(connection, answer.Bytes);
            await answer.BeforeEnding.WaitAsync(_stop.Token);
            await EndAsync(connection, answer.Ending);
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            // The test is over, or the gateway has left: it had what it wanted.
        }
    }

    private async Task SendAsync(Socket connection, string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty) rest = rest[await connection.SendAsync(rest, SocketFlags.None, _stop.Token)..];
    }

    private async Task EndAsync(Socket connection, Ending ending)
    {
        if (ending == Ending.Reset)
        {
            connection.LingerState = new LingerOption(enable: true, seconds: 0);
            return;
        }

        if (ending == Ending.Close) connection.Shutdown(SocketShutdown.Send);
        // Until the other side goes: a connection that is closed with unread bytes in it is reset.
        var rest = new byte[1024];
        while (await connection.ReceiveAsync(rest, SocketFlags.None, _stop.Token) > 0)
        {
        }
    }

    private async Task<RawRequest?> ReadAsync(Socket connection)
    {
        var received = new List<byte>();
        var buffer = new byte[65536];
        while (true)
        {
            var read = await connection.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
            if (read == 0) return null;
            received.AddRange(buffer.AsSpan(0, read));
            if (Parse([.. received]) is { } request) return request;
        }
    }

    // Null: there is more to come.
    private static RawRequest? Parse(byte[] received)
    {
        var head = received.AsSpan().IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;
        var lines = Encoding.ASCII.GetString(received, 0, head).Split("\r\n");
        const string length = "content-length:";
        var wanted = lines.FirstOrDefault(line => line.StartsWith(length, StringComparison.OrdinalIgnoreCase)) is { } header ? int.Parse(header.AsSpan(length.Length), CultureInfo.InvariantCulture) : 0;
        var body = received.AsSpan(head + 4);
        if (body.Length < wanted) return null;
        var first = lines[0].Split(' ');
        return new RawRequest(first[0], first[1], Encoding.UTF8.GetString(body));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }
}
