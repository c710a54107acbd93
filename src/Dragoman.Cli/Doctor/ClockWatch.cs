using System.Collections.Concurrent;

namespace Dragoman.Cli.Doctor;

/// <summary>Compares this machine's clock with the <c>Date</c> header of every answer that passes.</summary>
internal sealed class ClockWatch(TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentDictionary<string, TimeSpan> _ahead = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>For each host: how far this machine's clock is ahead of it.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Ahead => _ahead;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.Headers.Date is { } date) _ahead[request.RequestUri!.Authority] = time.GetUtcNow() - date;
        return response;
    }
}
