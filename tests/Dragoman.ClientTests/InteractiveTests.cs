using Dragoman.ClientTests.Clients;
using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.ClientTests;

/// <summary>Claude Code as a person has it who types <c>dragoman launch claude</c> for the first time: questions of the first start, dialogues, keys.</summary>
public sealed class InteractiveTests
{
    private const string MakeFile = """[[tool:Bash {"command":"touch made-by-the-tool","description":"Make a file"}]]""";

    [Fact(Timeout = 120_000)]
    public async Task A_newcomer_works_with_Claude_Code_in_a_terminal()
    {
        Assert.SkipUnless(TmuxTerminal.IsInstalled, "tmux, which makes the terminal, is not installed on this machine.");
        await using var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
        using var dragoman = new Launched(Path.GetDirectoryName(Installed.ClaudeCode)!).With("OLLAMA_HOST", $"127.0.0.1:{ollama.Url.Port}").With("DISABLE_AUTOUPDATER", "1");
        await using var terminal = await dragoman.StartInTmuxAsync(columns: 120, rows: 50, "launch", "claude");

        await StartForTheFirstTimeAsync(terminal);
        // The model's own name, without the mark of a window that it doesn't have.
        Assert.Matches(@"ollama/\S+ ·", await terminal.ScreenAsync());
        Assert.DoesNotContain("[1m]", await terminal.ScreenAsync());

        await UseAToolAsync(terminal, Path.Combine(dragoman.WorkingDirectory, "made-by-the-tool"));
        await InterruptAnAnswerAsync(terminal, ollama);
        await ChooseAModelAsync(terminal);

        await terminal.TypeAsync("/exit");
        await terminal.ShowsAsync("Exit");
        await terminal.PressAsync("Enter");
        Assert.Equal(0, await terminal.EndAsync());
    }

    // The account of Anthropic that a newcomer doesn't have is not asked for.
    private static async Task StartForTheFirstTimeAsync(TmuxTerminal terminal)
    {
        var first = await terminal.ShowsAsync("Choose the text style");
        Assert.DoesNotContain("login", first, StringComparison.OrdinalIgnoreCase);
        await terminal.PressUntilAsync("Enter", "Press Enter to continue");
        await terminal.PressUntilAsync("Enter", "Yes, I trust this folder");
        // "No" stands first, and again when the dialogue is drawn anew, which happens soon after it appears.
        do await terminal.PressUntilAsync("Down", "❯ Yes, I trust this folder");
        while (!await terminal.GoesOnToShowAsync("❯ Yes, I trust this folder"));
        await terminal.PressUntilAsync("Enter", "manual mode on");
    }

    private static async Task UseAToolAsync(TmuxTerminal terminal, string file)
    {
        await AskAsync(terminal, MakeFile);
        // No model decides in the person's place (auto mode).
        await terminal.ShowsAsync("Do you want to proceed?");
        Assert.False(File.Exists(file));
        await terminal.PressUntilAsync("Enter", "results:");
        Assert.True(File.Exists(file));
    }

    private static async Task InterruptAnAnswerAsync(TmuxTerminal terminal, SimulatedOllama ollama)
    {
        // Side requests (a title) may still run.
        await ollama.WaitForOpenChatsAsync(0, TestContext.Current.CancellationToken);
        await AskAsync(terminal, "[[text:It begins]][[silence:600000]][[text: and never ends]]");
        await ollama.WaitForOpenChatsAsync(1, TestContext.Current.CancellationToken);
        // The answer has begun: before that, Ctrl-C takes the question back.
        await terminal.ShowsBelowAsync("and never ends]]", "●");
        await terminal.PressAsync("C-c");
        await terminal.ShowsAsync("Interrupted");
        await ollama.WaitForOpenChatsAsync(0, TestContext.Current.CancellationToken);
        // The client and the gateway go on, and so does the conversation: in a window of the usual size there is room for it.
        await AskAsync(terminal, "[[text:still-here]]");
        var screen = await terminal.ShowsAsync("● still-here");
        Assert.DoesNotContain("Conversation compacted", screen);
        Assert.DoesNotContain("auto-compact next", screen);
    }

    private static async Task ChooseAModelAsync(TmuxTerminal terminal)
    {
        await terminal.TypeAsync("/model");
        await terminal.ShowsAsync("Switch model");
        var models = await terminal.PressUntilAsync("Enter", "Select model");
        // What the tiers are, then all models of the gateway by their names.
        Assert.Matches(@"2\. +\S+ +ollama, 32,768 tokens", models);
        Assert.Matches(@"qwen3:8b +From gateway", models);
        // None that nobody here can serve.
        Assert.DoesNotContain("Mtok", models);
        await terminal.PressUntilAsync("Escape", "Kept model");
    }

    private static async Task AskAsync(TmuxTerminal terminal, string prompt)
    {
        await terminal.TypeAsync(prompt);
        await terminal.ShowsAsync(prompt);
        await terminal.PressAsync("Enter");
    }
}
