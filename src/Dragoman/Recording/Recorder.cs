using System.Threading.Channels;

namespace Dragoman.Recording;

/// <summary>
/// Writes each exchange into a folder, for bug reports and for <c>dragoman replay</c>. One task of its own writes, so that a slow disk holds up no request.
/// </summary>
internal sealed partial class Recorder : IAsyncDisposable
{
    // Exchanges that wait for the disk; when it is further behind than this, they are left out.
    private const int MaxWaiting = 64;

    // Somebody who forgets to switch it off gets his disk back: a day's work of an agent fits.
    private const long MaxTotalBytes = 4L << 30;

    // What was recorded before the end must be on disk; a disk that takes longer is broken.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Channel<ExchangeRecording> _over = Channel.CreateBounded<ExchangeRecording>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly AsyncLocal<ExchangeRecording?> _current = new();
    private readonly string _directory;
    private readonly ILogger<Recorder> _log;
    private readonly Task _writing;
    private long _written;

    /// <summary>Begins to record.</summary>
    /// <param name="directory">Where the folders go; it is made when it isn't there.</param>
    /// <param name="log">Takes complaints.</param>
    /// <exception cref="ConfigException">The directory can't be made.</exception>
    public Recorder(string directory, ILogger<Recorder> log)
    {
        (_directory, _log) = (Path.GetFullPath(directory), log);
        try
        {
            RecordingFolder.Create(_directory);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"--record: {_directory} can't be made ({refused.Message})");
        }

        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>The exchange that the current flow of execution belongs to, if it is one that is recorded.</summary>
    public ExchangeRecording? Current
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>The exchange is over and goes to disk.</summary>
    public void Finish(ExchangeRecording recording)
    {
        if (!_over.Writer.TryWrite(recording)) LogLeftOut(recording.Id);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _over.Writer.TryComplete();
#pragma warning disable VSTHRD003 // It was started here, and waits for nothing of the caller's.
        await Task.WhenAny(_writing, Task.Delay(EndLimit));
#pragma warning restore VSTHRD003
    }

    private async Task WriteAllAsync()
    {
        await foreach (var recording in _over.Reader.ReadAllAsync())
        {
            if (_written > MaxTotalBytes) continue;
            try
            {
                _written += await RecordingFolder.WriteAsync(_directory, recording);
                if (_written > MaxTotalBytes) LogFull(_directory, MaxTotalBytes >> 30);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                LogFailed(recording.Id, failed.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{RequestId} is not recorded: the disk is too far behind")]
    private partial void LogLeftOut(string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nothing more is recorded: {Directory} has got {Gigabytes} GB")]
    private partial void LogFull(string directory, long gigabytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{RequestId} could not be recorded: {Reason}")]
    private partial void LogFailed(string requestId, string reason);
}
