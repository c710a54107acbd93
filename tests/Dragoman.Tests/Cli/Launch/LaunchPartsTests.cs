using System.CommandLine;
using Dragoman.Cli;
using Dragoman.Cli.Launch;

namespace Dragoman.Tests.Cli.Launch;

/// <summary>How a command line is divided, and where a client is looked for.</summary>
public sealed class LaunchPartsTests
{
    [Theory]
    [InlineData("launch claude -p hello", "launch claude", "-p hello")]
    [InlineData("launch claude", "launch claude", "")]
    [InlineData("launch --port 4000 claude --port 5 --help", "launch --port 4000 claude", "--port 5 --help")]
    [InlineData("launch --port=4000 --dry-run claude -v", "launch --port=4000 --dry-run claude", "-v")]
    [InlineData("launch -m claude=x claude --model y", "launch -m claude=x claude", "--model y")]
    [InlineData("launch --model claude claude x", "launch --model claude claude", "x")]
    [InlineData("launch claude -- -p x", "launch claude", "-p x")]
    [InlineData("launch --help", "launch --help", "")]
    [InlineData("serve --port 5 claude", "serve --port 5 claude", "")]
    [InlineData("--port 5", "--port 5", "")]
    public void What_follows_the_client_is_the_clients_to_the_letter(string line, string own, string forwarded)
    {
        var command = new Command("launch") { new Option<string>("--model"), new Option<bool>("--dry-run") };
        new ServeOptions().AddTo(command);
        var (ours, theirs) = LaunchArguments.Split(line.Split(' '), command);
        Assert.Equal((own, forwarded), (string.Join(' ', ours), string.Join(' ', theirs)));
    }

    [Fact]
    public void A_client_is_found_in_PATH_then_where_its_installer_puts_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Files are executable by their names on Windows.");
            return;
        }

        var home = Directory.CreateTempSubdirectory("dragoman-home-").FullName;
        var client = Clients.Named("claude")!;
        var installed = Script(Path.Combine(home, ".local", "bin"));
        Assert.Equal(installed, Executables.Find(client, "/nowhere", home));
        var inPath = Script(Path.Combine(home, "path"));
        Assert.Equal(inPath, Executables.Find(client, $"/nowhere:{Path.Combine(home, "path")}", home));
        File.SetUnixFileMode(inPath, UnixFileMode.UserRead);
        File.SetUnixFileMode(installed, UnixFileMode.UserRead);
        Assert.NotEqual(inPath, Executables.Find(client with { Places = [] }, Path.Combine(home, "path"), home));
    }

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:3000")]
    [InlineData("0.0.0.0", "http://localhost:3000")]
    [InlineData("*", "http://localhost:3000")]
    [InlineData("::1", "http://[::1]:3000")]
    public void The_gateway_is_addressed_where_a_client_on_this_machine_reaches_it(string host, string url) => Assert.Equal(url, LaunchedGateway.ConfiguredUrl(new DragomanOptions { Host = host }));

    private static string Script(string folder)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "claude");
        File.WriteAllText(file, "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return file;
    }
}
