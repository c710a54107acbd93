namespace Dragoman.Http;

/// <summary>
/// The configuration at work, which can be exchanged while requests run: those that began with the old one end with it, new ones take the new one.
/// </summary>
internal sealed class LiveGateway
{
    private readonly LastingParts _lasting;
    private readonly Lock _exchanging = new();
    private volatile Composition _current;

    /// <summary>Begins with a configuration.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="lasting">What stays when it is exchanged.</param>
    /// <exception cref="ConfigException">The configuration is wrong.</exception>
    public LiveGateway(DragomanOptions options, LastingParts lasting) => (_lasting, _current) = (lasting, new Composition(options, lasting));

    /// <summary>What new requests live in. Whoever asks twice may get two answers, so a request asks once.</summary>
    public Composition Current => _current;

    /// <summary>Puts another configuration to work.</summary>
    /// <returns>What is other than before, in one line; empty when nothing is.</returns>
    /// <exception cref="ConfigException">It is wrong, and the old one goes on.</exception>
    public string Exchange(DragomanOptions options)
    {
        lock (_exchanging)
        {
            var next = new Composition(options, _lasting, _current);
            var differences = next.Differences(_current);
            foreach (var name in next.Providers.Names.Where(name => _current.Providers.Has(name) && !next.Providers.IsConfiguredAs(name, _current.Providers))) _lasting.Breakers.EndRests(name);
            _current = next;
            return differences;
        }
    }
}
