namespace Dragoman.Tests.Providers.Media;

/// <summary>A shell script that stands for an outside program, in a folder of its own.</summary>
internal sealed class Script : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dragoman-test-");

    /// <summary>Writes the script.</summary>
    public Script(string body)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "script");
        File.WriteAllText(Path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Waits until the script has made a file beside itself.</summary>
    public async Task HasFileAsync(string suffix)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!File.Exists(Path + suffix)) await Task.Delay(10, limit.Token);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
