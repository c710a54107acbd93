using System.Globalization;

namespace Dragoman.ClientTests.Processes;

/// <summary>A program in a terminal that draws what a person would see: tmux, with a server of its own.</summary>
internal sealed class TmuxTerminal : IAsyncDisposable
{
    private const string Tmux = "/usr/bin/tmux";

    // Keys go to the program at once.
    private const string Settings = "set -g escape-time 0\nset -g default-terminal screen-256color\n";

    // tmux itself misses the end of a program now and then where the system merges signals (gVisor). A shell outlives Ctrl-C, and the program is asked as if it were alone.
    private const string Shell = "trap : INT; \"$@\"; echo \"ended with $?\"; read line";

    private const int LooksOfASecond = 20;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1) / LooksOfASecond;

    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _environment;

    private TmuxTerminal(IReadOnlyDictionary<string, string> environment) =>
        _environment = new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["TMUX_TMPDIR"] = _directory.Path, ["LANG"] = "C.UTF-8" };

    /// <summary>Whether the machine has it.</summary>
    public static bool IsInstalled => File.Exists(Tmux);

    /// <summary>Starts a program.</summary>
    /// <param name="command">The file and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="columns">The terminal's width.</param>
    /// <param name="rows">Its height.</param>
    public static async Task<TmuxTerminal> StartAsync(IEnumerable<string> command, IReadOnlyDictionary<string, string> environment, string workingDirectory, int columns, int rows)
    {
        var terminal = new TmuxTerminal(environment);
        var settings = terminal._directory.File("settings");
        await File.WriteAllTextAsync(settings, Settings, TestContext.Current.CancellationToken);
        await terminal.RunAsync(["-f", settings, "new-session", "-d", "-x", Text(columns), "-y", Text(rows), "-c", workingDirectory, "--", "/bin/sh", "-c", Shell, "sh", .. command]);
        return terminal;
    }

    /// <summary>What stands on the screen.</summary>
    public Task<string> ScreenAsync() => RunAsync(["capture-pane", "-p"]);

    /// <summary>Waits until the screen shows something; returns the screen.</summary>
    /// <exception cref="TimeoutException">It doesn't; the message has the screen.</exception>
    public Task<string> ShowsAsync(string text) => UntilAsync(screen => Task.FromResult(screen.Contains(text, StringComparison.Ordinal)), $"show '{text}'");

    /// <summary>Waits until the screen shows something below the last place of something else; returns the screen.</summary>
    /// <exception cref="TimeoutException">It doesn't; the message has the screen.</exception>
    public Task<string> ShowsBelowAsync(string above, string text) => UntilAsync(
        screen => Task.FromResult(screen.LastIndexOf(above, StringComparison.Ordinal) is >= 0 and var at && screen.IndexOf(text, at, StringComparison.Ordinal) >= 0), $"show '{text}' below '{above}'");

    /// <summary>Presses a key until the screen shows something: what is pressed when a dialogue has just been drawn is lost.</summary>
    /// <exception cref="TimeoutException">It doesn't; the message has the screen.</exception>
    public async Task<string> PressUntilAsync(string key, string text)
    {
        var looks = 0;
        return await UntilAsync(
            async screen =>
            {
                if (screen.Contains(text, StringComparison.Ordinal)) return true;
                if (looks++ % LooksOfASecond == 0) await PressAsync(key);
                return false;
            },
            $"show '{text}' when {key} is pressed");
    }

    /// <summary>Whether the screen goes on to show something for a second: it may be a dialogue's first form, which is drawn anew.</summary>
    public async Task<bool> GoesOnToShowAsync(string text)
    {
        for (var look = 0; look < LooksOfASecond; look++)
        {
            if (!(await ScreenAsync()).Contains(text, StringComparison.Ordinal)) return false;
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }

        return true;
    }

    /// <summary>Types a text.</summary>
    public Task TypeAsync(string text) => RunAsync(["send-keys", "-l", "--", text]);

    /// <summary>Presses a key, by tmux's name for it: <c>Enter</c>, <c>Down</c>, <c>Escape</c>, <c>C-c</c>.</summary>
    public Task PressAsync(string key) => RunAsync(["send-keys", key]);

    /// <summary>Waits until the program has ended; returns its exit code.</summary>
    /// <exception cref="TimeoutException">It doesn't end; the message has the screen.</exception>
    public async Task<int> EndAsync()
    {
        const string mark = "ended with ";
        var screen = await ShowsAsync(mark);
        return int.Parse(screen.AsSpan(screen.LastIndexOf(mark, StringComparison.Ordinal) + mark.Length).Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Ends the program and the terminal.</summary>
    public async ValueTask DisposeAsync()
    {
        await ClientProcess.RunAsync(Tmux, ["-L", "test", "kill-server"], _environment, "/");
        _directory.Dispose();
    }

    private async Task<string> UntilAsync(Func<string, Task<bool>> isReached, string what)
    {
        // A client that waits for its turn on a busy machine shows what it should after seconds.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var screen = await ScreenAsync();
            if (await isReached(screen)) return screen;
            if (limit.IsCancellationRequested) throw new TimeoutException($"The screen doesn't {what}:\n{screen.TrimEnd()}");
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        var outcome = await ClientProcess.RunAsync(Tmux, ["-L", "test", .. arguments], _environment, "/");
        return outcome.ExitCode == 0 ? outcome.Output : throw new InvalidOperationException(outcome.ToString());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
