using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>A table as plain text: columns with two spaces between them, no lines around. The same on a terminal and in a pipe, but for the head's colour.</summary>
/// <param name="head">The names of the columns.</param>
internal sealed class TextTable(params string[] head)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; what is missing at its end is empty.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The lines, the head first. Columns that are empty throughout are left out.</summary>
    public IReadOnlyList<string> Lines()
    {
        var columns = Enumerable.Range(0, head.Length).Where(column => _rows.Exists(row => Cell(row, column).Length > 0)).ToList();
        var widths = columns.ToDictionary(column => column, column => _rows.Append(head).Max(row => Cell(row, column).Length));
        return [.. _rows.Prepend(head).Select(row => string.Join(Gap, columns.Select(column => Cell(row, column).PadRight(widths[column]))).TrimEnd())];
    }

    /// <summary>Prints the table.</summary>
    public void Print()
    {
        var lines = Lines();
        AnsiConsole.MarkupLineInterpolated($"[bold]{lines[0]}[/]");
        foreach (var line in lines.Skip(1)) AnsiConsole.WriteLine(line);
    }

    private static string Cell(string[] row, int column) => column < row.Length ? row[column] : "";
}
