using System.Text.RegularExpressions;

namespace Dragoman.Tests.Cli;

/// <summary>What the documents show of the program's output is what it prints.</summary>
internal static class Documented
{
    // What differs from run to run: addresses, times, versions, and what the system says of a connection.
    private static readonly (Regex Pattern, string Replacement)[] Varying =
    [
        (new Regex(@"127\.0\.0\.1:\d+", RegexOptions.None, TimeSpan.FromSeconds(1)), "127.0.0.1:PORT"),
        (new Regex(@"\d+(\.\d+)? (ms|s|min)\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)), "TIME"),
        (new Regex(@"\(Connection refused[^)]*\)+", RegexOptions.None, TimeSpan.FromSeconds(1)), "(REASON)"),
    ];

    /// <summary>
    /// The first code block after the line <c>$ command</c> of a page holds exactly this output, but for what differs from run to run.
    /// With <c>DRAGOMAN_ACCEPT=1</c> the page is rewritten; read it before you commit it.
    /// </summary>
    public static void Holds(string page, string command, string output)
    {
        var file = Path.Combine(Root, page);
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var start = text.IndexOf($"```\n$ {command}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{page} shows no '$ {command}'");
        start += $"```\n$ {command}\n".Length;
        var end = text.IndexOf("```", start, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("DRAGOMAN_ACCEPT") == "1") File.WriteAllText(file, text[..start] + output.TrimEnd('\n') + "\n" + text[end..]);
        else Assert.Equal(Same(text[start..end]), Same(output));
    }

    private static string Same(string text) => Varying.Aggregate(text.TrimEnd('\n'), (changed, varying) => varying.Pattern.Replace(changed, varying.Replacement));

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }
}
