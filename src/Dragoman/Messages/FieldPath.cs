using System.Text;

namespace Dragoman.Messages;

/// <summary>Where in the request the parser is: <c>messages.0.content.1.image.source</c>. Written out only when something is wrong.</summary>
internal sealed class FieldPath
{
    private readonly List<(string? Name, int Index)> _steps = new(16);

    /// <summary>Enters a field.</summary>
    public void Push(string name) => _steps.Add((name, 0));

    /// <summary>Enters an entry of an array.</summary>
    public void Push(int index) => _steps.Add((null, index));

    /// <summary>Leaves the field or entry entered last.</summary>
    public void Pop() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>The dotted path, with <paramref name="field"/> appended if given.</summary>
    public string Of(string? field = null)
    {
        var path = new StringBuilder();
        foreach (var (name, index) in _steps)
        {
            if (path.Length > 0) path.Append('.');
            if (name is null) path.Append(index);
            else path.Append(name);
        }

        if (field is not null) path.Append(path.Length > 0 ? "." : "").Append(field);
        return path.ToString();
    }
}
