using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>One thread that sends the tokens of all streams when they are due.</summary>
internal sealed class TokenPacer
{
    private readonly PriorityQueue<TokenStream, long> _due = new();
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _added = new(initialState: false);

    /// <summary>Starts the thread, which lives as long as the process.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "pacer" }.Start();

    /// <summary>Sends a stream's first token now and the others at its pace.</summary>
    public void Add(TokenStream stream)
    {
        lock (_gate) _due.Enqueue(stream, Stopwatch.GetTimestamp());
        _added.Set();
    }

    private void Run()
    {
        while (true)
        {
            TokenStream? stream = null;
            long due = 0;
            lock (_gate)
            {
                if (_due.TryPeek(out _, out due) && due <= Stopwatch.GetTimestamp()) stream = _due.Dequeue();
            }

            if (stream is null)
            {
                _added.WaitOne(due == 0 ? Timeout.Infinite : 1);
                continue;
            }

            if (!stream.Send()) continue;
            lock (_gate) _due.Enqueue(stream, due + stream.IntervalTicks);
        }
    }
}

/// <summary>One answer on its way.</summary>
internal sealed class TokenStream(Socket socket, int tokens, TimeSpan interval, bool isOllama)
{
    // " @0123456789012345": as many digits as a clock of nanoseconds needs for a hundred days.
    private const string Format = "D16";

    private readonly TaskCompletionSource<bool> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _line = Chunk(isOllama ? CannedAnswers.OllamaLine(Stamp(0), index: 0) + "\n" : CannedAnswers.OpenAiToken(Stamp(0)));
    private int _sent;
    private int _stampAt = -1;
    private int _timeAt;

    /// <summary>Time between two tokens, in ticks of <see cref="Stopwatch"/>.</summary>
    public long IntervalTicks { get; } = (long)(interval.TotalSeconds * Stopwatch.Frequency);

    /// <summary>True when the last token has left, false when the client has gone.</summary>
    public Task<bool> Finished => _finished.Task;

    /// <summary>Sends the next token; false when it was the last.</summary>
    public bool Send()
    {
        try
        {
            if (_sent++ < tokens)
            {
                Stamp();
                socket.Send(_line);
                return true;
            }

            socket.Send(Chunk(isOllama ? CannedAnswers.OllamaLast(tokens) + "\n" : CannedAnswers.OpenAiEnd("stop", tokens)));
            socket.Send("0\r\n\r\n"u8);
            _finished.SetResult(true);
            return false;
        }
        catch (SocketException)
        {
            _finished.TrySetResult(false);
            return false;
        }
    }

    // The line is written anew in place: the token's own stamp, and for Ollama the nanoseconds of `created_at`, which are never the same twice.
    private void Stamp()
    {
        const long second = 1_000_000_000;
        if (_stampAt < 0)
        {
            _stampAt = _line.AsSpan().IndexOf(CannedAnswers.Mark) + 1;
            _timeAt = _line.AsSpan().IndexOf("123456789Z"u8);
        }

        var now = Stopwatch.GetTimestamp();
        now.TryFormat(_line.AsSpan(_stampAt), out _, Format, CultureInfo.InvariantCulture);
        if (_timeAt >= 0) (now % second).TryFormat(_line.AsSpan(_timeAt), out _, "D9", CultureInfo.InvariantCulture);
    }

    private static string Stamp(long ticks) => $" @{ticks.ToString(Format, CultureInfo.InvariantCulture)}";

    private static byte[] Chunk(string text) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n"));
}
