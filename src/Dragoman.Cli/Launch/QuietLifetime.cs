using Microsoft.Extensions.Hosting;

namespace Dragoman.Cli.Launch;

/// <summary>A host that listens to no signals: they belong to the client that it runs for.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
