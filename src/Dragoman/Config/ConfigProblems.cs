namespace Dragoman;

/// <summary>Collects what is wrong with a configuration, so that all of it can be said at once: a person shouldn't have to start the program once for each mistake.</summary>
internal sealed class ConfigProblems
{
    private readonly List<(string Path, string Sentence)> _found = [];

    // The first so many of them.
    private readonly int _ofOthers;

    /// <summary>Nothing found yet.</summary>
    public ConfigProblems()
    {
    }

    /// <summary>What others found, to go on with.</summary>
    public ConfigProblems(ConfigProblems before) => (_found, _ofOthers, Source) = ([.. before._found], before._found.Count, before.Source);

    /// <summary>The file that the configuration comes from, for the line numbers; null: there is none.</summary>
    public ConfigSource? Source { get; set; }

    /// <summary>What was found, each in a sentence.</summary>
    public IReadOnlyList<string> Sentences => [.. _found.Select(problem => problem.Sentence)];

    /// <summary>Something is wrong with a setting.</summary>
    /// <param name="path">The setting, as <c>providers.ollama.numCtx</c>.</param>
    /// <param name="text">What is wrong, and what is allowed.</param>
    public void Add(string path, string text) => _found.Add((path, $"{Source?.Place(path)}{(path.Length > 0 ? $"{path}: " : "")}{text}"));

    /// <summary>Something is wrong with a setting, if others didn't find anything there, or inside of it: what a file has wrong is left out of it, and must not be missed then.</summary>
    public void AddNew(string path, string text)
    {
        if (!_found.Take(_ofOthers).Any(problem => IsWithin(problem.Path, path))) Add(path, text);
    }

    /// <summary>Something is wrong that isn't in the file, as an option of the command line.</summary>
    public void AddOutside(string sentence) => _found.Add(("", sentence));

    /// <summary>Does something that may find the configuration wrong.</summary>
    /// <param name="path">The setting that it concerns, where the exception doesn't begin with a path of its own.</param>
    /// <param name="work">What to do.</param>
    /// <returns>What came of it; null when something is wrong.</returns>
    public T? Try<T>(string path, Func<T> work)
        where T : class
    {
        try
        {
            return work();
        }
        catch (ConfigException wrong)
        {
            foreach (var sentence in wrong.Problems) AddSentence(path, sentence);
            return null;
        }
    }

    /// <summary>True when something is wrong at a setting, or inside of it.</summary>
    public bool Concern(string path) => _found.Exists(problem => IsWithin(problem.Path, path));

    /// <summary>True when something is wrong at exactly this setting.</summary>
    public bool Name(string path) => _found.Exists(problem => problem.Path == path);

    /// <summary>Ends with all that was found, if there is any.</summary>
    /// <exception cref="ConfigException">Something was found.</exception>
    public void ThrowIfAny()
    {
        if (_found.Count > 0) throw new ConfigException(Sentences);
    }

    // "providers.ollama.numCtx: expected ..." has its path already.
    private void AddSentence(string path, string sentence)
    {
        var end = sentence.IndexOf(": ", StringComparison.Ordinal);
        if (end > 0 && IsWithin(sentence[..end], path)) Add(sentence[..end], sentence[(end + 2)..]);
        else Add(path, sentence);
    }

    private static bool IsWithin(string path, string outer) =>
        path.StartsWith(outer, StringComparison.Ordinal) && (path.Length == outer.Length || outer.Length == 0 || path[outer.Length] is '.' or '[');
}
