namespace Dragoman.Tests.Configuration;

/// <summary>A folder of its own with a configuration file in it.</summary>
internal sealed class ConfigFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dragoman-config-");

    /// <summary>A folder with a file, <c>dragoman.json</c>.</summary>
    public ConfigFolder(string json = "{}") => Write(json);

    /// <summary>The configuration file.</summary>
    public string File => At("dragoman.json");

    /// <summary>The path of a file in the folder.</summary>
    public string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes the configuration file as simple programs do: into the same file.</summary>
    public void Write(string json) => System.IO.File.WriteAllText(File, json);

    /// <summary>Writes it as careful editors do: another file takes its place.</summary>
    public void Replace(string json)
    {
        System.IO.File.WriteAllText(At("new"), json);
        System.IO.File.Move(At("new"), File, overwrite: true);
    }

    /// <summary>All that is said of the file, without the folder's name.</summary>
    public IReadOnlyList<string> Problems()
    {
        try
        {
            ConfigFile.Load(File);
            return [];
        }
        catch (ConfigException wrong)
        {
            return [.. wrong.Problems.Select(Short)];
        }
    }

    /// <summary>A sentence without the folder's name.</summary>
    public string Short(string sentence) => sentence.Replace(_folder.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
