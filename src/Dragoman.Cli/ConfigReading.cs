using System.CommandLine;

namespace Dragoman.Cli;

/// <summary>Where the settings of this run come from: they can be read again, and looked at whether they changed.</summary>
internal sealed class ConfigReading
{
    private readonly ServeOptions _reader;
    private readonly ParseResult _commandLine;
    private readonly string _file;
    private readonly FileWatch _watch;
    private bool _mustExist;

    /// <summary>Takes the command line, and the file as it is now.</summary>
    public ConfigReading(ServeOptions reader, ParseResult commandLine)
    {
        (_reader, _commandLine, _file) = (reader, commandLine, Path.GetFullPath(reader.File(commandLine)));
        _watch = new FileWatch(_file);
        // A file that nobody named need not be there; one that was there must not vanish unnoticed, and with it all that it says.
        _mustExist = System.IO.File.Exists(_file);
    }

    /// <summary>Reads the settings: the file, and over it the environment and the command line.</summary>
    public DragomanOptions Read()
    {
        _watch.Note();
        _mustExist |= System.IO.File.Exists(_file);
        return _reader.Read(_commandLine, _mustExist);
    }

    /// <summary>True when a file has changed and is written to its end.</summary>
    public bool HasSettled() => _watch.HasSettled();

    /// <summary>Watches the files that a configuration is made of.</summary>
    public void Follow(DragomanOptions options) => _watch.Follow([_file, .. SecretSettings.Files(options)]);
}
