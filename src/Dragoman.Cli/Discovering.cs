using Dragoman.Discovery;

namespace Dragoman.Cli;

/// <summary>Takes what is found on the machine where the settings leave it open.</summary>
internal static class Discovering
{
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
