using System.CommandLine;
using Dragoman.Discovery;

namespace Dragoman.Cli;

/// <summary>Takes what is found on the machine where the settings leave it open.</summary>
internal static class Discovering
{
    /// <summary>Reads the settings as <c>serve</c> would run with them, for commands that look at what would be served.</summary>
    /// <exception cref="ConfigException">An environment variable that steers discovery is wrong.</exception>
    public static async Task<DragomanOptions> ReadAsync(ServeOptions reader, ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = reader.Read(parsed);
        await CompleteAsync(options, cancellationToken);
        return options;
    }

    /// <summary>Completes the settings; returns what was found, null when the settings say themselves where models are.</summary>
    /// <exception cref="ConfigException">An environment variable that steers discovery is wrong.</exception>
    public static async Task<Discovered?> CompleteAsync(DragomanOptions options, CancellationToken cancellationToken)
    {
        if (!options.UpstreamOpen) return null;
        var found = await new Discoverer(Surroundings.OfMachine, TimeProvider.System).FindAsync(cancellationToken);
        found.Apply(options);
        return found;
    }
}
