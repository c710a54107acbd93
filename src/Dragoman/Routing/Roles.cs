using System.Text.Json;

namespace Dragoman.Routing;

/// <summary>The setting <c>roles</c>: models for kinds of requests, in place of what the model map says for Claude's names.</summary>
internal sealed class Roles
{
    /// <summary>All roles in their order of precedence: what a request needs comes before what it is for.</summary>
    public static IReadOnlyList<string> Names { get; } = ["webSearch", "longContext", "image", "background", "subagent", "thinking"];

    private readonly List<RequestRole> _roles = [];

    /// <summary>Reads the setting. A role that is wrong is left out.</summary>
    /// <param name="entries">The setting.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public Roles(IEnumerable<KeyValuePair<string, JsonElement>> entries, ConfigProblems problems)
    {
        var reader = new ModelChoiceReader(problems);
        foreach (var (name, value) in entries)
        {
            var path = $"roles.{name}";
            if (!Names.Contains(name, StringComparer.Ordinal))
            {
                problems.AddNew(path, $"there is no such role; known are {string.Join(", ", Names.Order(StringComparer.Ordinal))}");
                continue;
            }

            var role = name == "longContext" ? ReadLongContext(value, path, reader, problems) : reader.Read(value, path) is { } choice ? new RequestRole(name, choice) : null;
            if (role is not null) _roles.Add(role);
        }

        _roles.Sort((left, right) => Precedence(left.Name).CompareTo(Precedence(right.Name)));
    }

    /// <summary>The roles of the configuration, in their order of precedence.</summary>
    public IReadOnlyList<RequestRole> All => _roles;

    /// <summary>One of them depends on the request's size, and on what the conversation's was.</summary>
    public bool NeedSize => _roles.Exists(role => role.Above is not null);

    /// <summary>One of them depends on the model of the session's main conversation.</summary>
    public bool NeedMainModel => _roles.Exists(role => role.Name == "subagent");

    private static RequestRole? ReadLongContext(JsonElement value, string path, ModelChoiceReader reader, ConfigProblems problems)
    {
        const string expected = "expected { \"above\": 60000, \"use\": \"provider/model\" }";
        if (value.ValueKind != JsonValueKind.Object)
        {
            problems.AddNew(path, expected);
            return null;
        }

        foreach (var member in value.EnumerateObject().Where(member => member.Name is not ("above" or "use")))
        {
            problems.AddNew($"{path}.{member.Name}", "there is no such setting here; known are above and use");
        }

        var above = value.TryGetProperty("above", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt32(out var limit) && limit > 0 ? limit : 0;
        if (above == 0) problems.AddNew($"{path}.above", "expected a number of tokens, 1 or more: larger requests go to the models of use");
        if (!value.TryGetProperty("use", out var use))
        {
            problems.AddNew($"{path}.use", expected);
            return null;
        }

        return reader.Read(use, $"{path}.use") is { } choice && above > 0 ? new RequestRole("longContext", choice) { Above = above } : null;
    }

    private static int Precedence(string role) => Names.Index().First(known => known.Item == role).Index;
}

/// <summary>A role of the configuration.</summary>
/// <param name="Name">One of <see cref="Roles.Names"/>.</param>
/// <param name="Choice">What is asked.</param>
internal sealed record RequestRole(string Name, ModelChoice Choice)
{
    // Clearly below the limit: what clearing old tool results or going back a turn takes away doesn't change the model, what compaction takes away does.
    private const double StayingShare = 0.8;

    /// <summary>For <c>longContext</c>: the estimated tokens that a request must have more of.</summary>
    public int? Above { get; init; }

    /// <summary>For <c>longContext</c>: a conversation that the role has taken stays with more tokens than this; near the limit it would lose both models' caches, turn by turn.</summary>
    public int? StaysAbove => (int?)(Above * StayingShare);
}
