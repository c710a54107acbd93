namespace Dragoman.Bench.Rows;

/// <summary>Where things are.</summary>
/// <param name="Source">The folder <c>bench</c>.</param>
/// <param name="Output">Results, logs and generated files of this run.</param>
/// <param name="Dragoman">The published gateway.</param>
/// <param name="Peers">Where peers are installed.</param>
internal sealed record Places(string Source, string Output, string Dragoman, string Peers)
{
    /// <summary>This program.</summary>
    public string Bench => Environment.ProcessPath!;

    /// <summary>The folder of one row.</summary>
    public string Of(Peer peer) => Path.Combine(Peers, peer.Key);

    /// <summary>Fills the placeholders of one row in.</summary>
    public string Fill(string text, Peer peer, int upstreamPort) => text
        .Replace("{upstreamPort}", $"{upstreamPort}", StringComparison.Ordinal)
        .Replace("{upstream}", $"http://127.0.0.1:{upstreamPort}", StringComparison.Ordinal)
        .Replace("{port}", $"{peer.Port}", StringComparison.Ordinal)
        .Replace("{dir}", Of(peer), StringComparison.Ordinal)
        .Replace("{peers}", Peers, StringComparison.Ordinal)
        .Replace("{source}", Source, StringComparison.Ordinal)
        .Replace("{bench}", Bench, StringComparison.Ordinal)
        .Replace("{dragoman}", Dragoman, StringComparison.Ordinal);
}
