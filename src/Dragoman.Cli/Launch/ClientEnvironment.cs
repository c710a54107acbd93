namespace Dragoman.Cli.Launch;

/// <summary>The environment that a client needs, over that of the person who starts it.</summary>
internal sealed class ClientEnvironment
{
    private readonly List<(string Name, string? Value)> _entries = [];
    private readonly HashSet<string> _yielding = new(StringComparer.Ordinal);

    /// <summary>What is set (or, with null, must not be there), in the order in which a person reads it.</summary>
    public IReadOnlyList<(string Name, string? Value)> Entries => _entries;

    /// <summary>Sets a variable, unless there is nothing to set.</summary>
    public ClientEnvironment Set(string name, string? value)
    {
        if (value is not null) _entries.Add((name, value));
        return this;
    }

    /// <summary>Sets a variable that the person may have set better.</summary>
    public ClientEnvironment Suggest(string name, string? value)
    {
        if (value is not null) _yielding.Add(name);
        return Set(name, value);
    }

    /// <summary>Takes variables away that would lead the client elsewhere.</summary>
    public ClientEnvironment Remove(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _entries.Add((name, null));
        return this;
    }

    /// <summary>Changes an environment.</summary>
    public void ApplyTo(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Over(name => environment.TryGetValue(name, out var there) && there is { Length: > 0 }))
        {
            if (value is null) environment.Remove(name);
            else environment[name] = value;
        }
    }

    /// <summary>The changes that an environment needs in which some variables are set.</summary>
    public IEnumerable<(string Name, string? Value)> Over(Func<string, bool> isSet) => _entries.Where(entry => !_yielding.Contains(entry.Name) || !isSet(entry.Name));
}
