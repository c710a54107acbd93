namespace Dragoman.ClientTests.Processes;

/// <summary>An empty directory for a client's home or work, gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dragoman-");

    /// <summary>The absolute path.</summary>
    public string Path => _directory.FullName;

    /// <summary>Makes a folder in it.</summary>
    public string Folder(string name) => _directory.CreateSubdirectory(name).FullName;

    /// <summary>The path of a file in it.</summary>
    public string File(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A client's background task may still write into its home; the system empties its temporary directory by itself.
        }
    }
}
