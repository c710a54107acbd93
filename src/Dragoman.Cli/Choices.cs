using System.CommandLine;

namespace Dragoman.Cli;

/// <summary>Options that take one of a few words: the help and the shell's completion show them as the documents write them, in lower case.</summary>
internal static class Choices
{
    /// <summary>The same option, which names its words.</summary>
    public static Option<T> Of<T>(this Option<T> option, params string[] words)
    {
        option.HelpName = string.Join('|', words);
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>The same option, which refuses an empty text: what a script passes whose variable isn't set.</summary>
    public static Option<string?> NotEmpty(this Option<string?> option)
    {
        option.Validators.Add(static given =>
        {
            if (given.Tokens is [{ Value.Length: 0 }]) given.AddError("needs a value");
        });
        return option;
    }
}
