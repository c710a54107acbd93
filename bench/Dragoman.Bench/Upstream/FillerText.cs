using System.Text;

namespace Dragoman.Bench.Upstream;

/// <summary>Text that looks like an agent's: words, code, paths, lines and quotes, the same in each run. No model reads it.</summary>
internal sealed class FillerText
{
    private static readonly string[] Words =
    [
        "the", "file", "returns", "when", "a", "request", "is", "empty", "and", "keeps", "order", "of", "its", "entries;", "see", "`src/Parser.cs`", "line", "42.", "public", "static",
        "int", "Count(string", "text)", "=>", "text.Length;", "\"quoted\"", "naïve", "café", "if", "(value", "<", "0)", "throw;", "// why", "C:\\temp", "tests", "pass",
    ];

    // Numerical Recipes' constants: any generator will do that gives the same words on every machine.
    private const uint Multiplier = 1664525, Increment = 1013904223;
    private uint _state = 1;

    /// <summary>Text of about <paramref name="length"/> characters, a line break every dozen words.</summary>
    public string Next(int length)
    {
        var text = new StringBuilder(length + 16);
        for (var words = 1; text.Length < length; words++)
        {
            _state = (_state * Multiplier) + Increment;
            text.Append(Words[(int)((_state >> 16) % (uint)Words.Length)]).Append(words % 12 == 0 ? '\n' : ' ');
        }

        return text.ToString(0, length);
    }

    /// <summary>One token of an answer: a blank and a word.</summary>
    public static string Token(int index) => " " + Words[index % Words.Length];
}
