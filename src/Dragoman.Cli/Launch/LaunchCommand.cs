using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Dragoman.Cli.Launch;

/// <summary><c>dragoman launch CLIENT</c>: a client on the gateway, with the gateway if none runs. <c>dragoman env</c>: the same as lines for a shell.</summary>
internal sealed class LaunchCommand
{
    private readonly ServeOptions _serve = new();
    private readonly Argument<string?> _client = new("client") { Description = $"The client: {string.Join(", ", Clients.All.Select(client => client.Name))}. What follows it is passed on as it is.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _model = new("--model") { Description = "The one model for everything, as the gateway calls it [the gateway's map]" };
    private readonly Option<bool> _printEnvironment = new("--print-env") { Description = "Print the environment as lines for a shell, and start nothing" };
    private readonly Option<Shell?> _shell = new Option<Shell?>("--shell") { Description = "The shell that the lines are for: bash, zsh, fish, powershell or cmd [yours]" }.Of("bash", "zsh", "fish", "powershell", "cmd");
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be started, and start nothing" };
    private string[] _forwarded = [];

    private LaunchCommand() => _client.CompletionSources.Add([.. Clients.All.Select(client => client.Name)]);

    /// <summary>Adds the commands. Returns the program's own part of the command line: the rest is the client's.</summary>
    public static string[] AddTo(RootCommand root, string[] arguments)
    {
        var command = new LaunchCommand();
        var launch = new Command("launch", "Run Claude Code or another client on the gateway; starts the gateway if none runs") { command._client, command._model, command._printEnvironment, command._shell, command._dryRun };
        var environment = new Command("env", "Print the environment of a client as lines for a shell") { command._client, command._model, command._shell };
        command._serve.AddTo(launch);
        command._serve.AddTo(environment);
        launch.SetAction((parsed, cancellationToken) => command.LaunchAsync(parsed, cancellationToken));
        environment.SetAction((parsed, cancellationToken) => command.PrintAsync(parsed, cancellationToken));
        root.Add(launch);
        root.Add(environment);
        (var own, command._forwarded) = LaunchArguments.Split(arguments, launch);
        return own;
    }

    private async Task<int> LaunchAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_client) is not { } name) return ListClients();
        if (parsed.GetValue(_printEnvironment)) return await PrintAsync(parsed, cancellationToken);
        var client = Known(name);
        var executable = Executables.Find(client);
        if (parsed.GetValue(_dryRun)) return await DescribeAsync(client, executable, parsed, cancellationToken);
        if (executable is null) throw new CliException($"{client.Title} is not installed (there is no `{client.Executable}` in PATH). Install it, then try again:\n  {client.Install}", ExitCodes.NotInstalled);

        var recording = _serve.RecordDirectory(parsed) is { } directory ? ServeCommand.RecordingInto(directory) : null;
        await using var gateway = await LaunchedGateway.StartAsync(() => _serve.Read(parsed), () => LaunchLog.Open(LaunchLog.UsualFile()), recording, cancellationToken);
        if (recording is not null && gateway.RanAlready) throw new CliException($"The gateway at {gateway.Url} ran already, so it must record itself: stop it, or start one of your own with --port 0.", ExitCodes.Wrong);
        using var link = new GatewayLink(gateway.Url, gateway.Token);
        var served = await link.ServedAsync(parsed.GetValue(_model), cancellationToken);
        LaunchNotice.Write(client, gateway, served);
        var start = new ProcessStartInfo(executable, [.. client.Arguments(served, _forwarded), .. _forwarded]) { UseShellExecute = false };
        client.Environment(served).ApplyTo(start.Environment);
        try
        {
            return await ChildClient.RunAsync(start);
        }
        catch (Win32Exception broken)
        {
            throw new CliException($"{executable} can't be started: {broken.Message}", ExitCodes.Failed);
        }
    }

    private async Task<int> PrintAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var client = Known(parsed.GetValue(_client) ?? Clients.All[0].Name);
        var environment = client.Environment(await ServedAsync(parsed, cancellationToken));
        var changes = environment.Over(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
        foreach (var line in ShellLines.Of(changes, parsed.GetValue(_shell) ?? ShellLines.Usual())) await Console.Out.WriteLineAsync(line);
        return ExitCodes.Good;
    }

    private async Task<int> DescribeAsync(Client client, string? executable, ParseResult parsed, CancellationToken cancellationToken)
    {
        var served = await ServedAsync(parsed, cancellationToken);
        var environment = client.Environment(served);
        await Console.Out.WriteLineAsync($"Would run: {string.Join(' ', [executable ?? $"{client.Executable} (not installed: {client.Install})", .. client.Arguments(served, _forwarded), .. _forwarded])}");
        foreach (var (name, value) in environment.Entries.Where(entry => entry.Value is not null)) await Console.Out.WriteLineAsync($"  {name}={value}");
        await Console.Out.WriteLineAsync($"Without: {string.Join(", ", environment.Entries.Where(entry => entry.Value is null).Select(entry => entry.Name).Distinct(StringComparer.Ordinal))}");
        return ExitCodes.Good;
    }

    // What runs, or what would run at the configured address: it is started for the moment of the question.
    private async Task<ServedModels> ServedAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var url = LaunchedGateway.ConfiguredUrl(_serve.Read(parsed));
        await using var gateway = await LaunchedGateway.StartAsync(() => _serve.Read(parsed), () => LaunchLog.None, configure: null, cancellationToken);
        using var link = new GatewayLink(gateway.Url, gateway.Token);
        var served = await link.ServedAsync(parsed.GetValue(_model), cancellationToken);
        if (gateway.RanAlready) return served;
        Terminal.Error.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[yellow]No gateway runs at {url}: start it with `dragoman serve`.[/]");
        return served with { Url = url };
    }

    private static Client Known(string name) =>
        Clients.Named(name) ?? throw new CliException($"There is no client '{name}'. Known: {string.Join(", ", Clients.All.Select(client => client.Name))}.", ExitCodes.Failed);

    private static int ListClients()
    {
        foreach (var client in Clients.All) Console.Out.WriteLine($"{client.Name,-10} {client.Title,-12} {Executables.Find(client) ?? $"not installed: {client.Install}"}");
        return ExitCodes.Good;
    }
}
