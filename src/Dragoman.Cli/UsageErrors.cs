using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace Dragoman.Cli;

/// <summary>What is wrong with a command line, in sentences: what isn't known, what was probably meant, and where the help is. The library's own words name types of .NET and end in the whole help.</summary>
internal static class UsageErrors
{
    /// <summary>The sentences, the last of which names the help; none when nothing is wrong.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = Path(parsed.CommandResult);
        var sentences = Unknown(parsed, command).Select(token => NotKnown(token, command, path)).ToList();
        // What isn't known is among the errors once more; a command that lacks its sub-command says so only where none was tried.
        if (sentences.Count == 0) sentences.AddRange(parsed.Errors.Select(error => Sentence(error, path)));
        return sentences.Count == 0 ? [] : [.. sentences.Distinct(StringComparer.Ordinal), $"`{path} --help` says what there is."];
    }

    private static IEnumerable<string> Unknown(ParseResult parsed, Command command)
    {
        // The library takes an option that it doesn't know for a file or a model where one is expected. A dash alone is standard input.
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value).Where(value => value.Length > 1 && value.StartsWith('-'));
        var unknown = taken.Concat(parsed.UnmatchedTokens).ToList();
        // All that follows is another command's, if it is the command that isn't known; what follows an unknown option is most likely its value.
        return unknown is [{ } first, ..] && !first.StartsWith('-') && command.Subcommands.Count > 0 ? [first] : unknown.Where((token, at) => at == 0 || token.StartsWith('-'));
    }

    private static string NotKnown(string token, Command command, string path)
    {
        if (token.StartsWith('-'))
        {
            var name = token.Split('=', ':')[0];
            return $"{path} has no option '{name}'{Meant(name, command.Options.Select(option => option.Name))}";
        }

        if (command.Subcommands.Count > 0) return $"{path} has no command '{token}'{Meant(token, command.Subcommands.Select(sub => sub.Name))}";
        return $"{path} doesn't know what to do with '{token}'.";
    }

    private static string Meant(string written, IEnumerable<string> known) => NearestName.Of(written, known) is { } nearest ? $"; did you mean '{nearest}'?" : ".";

    private static string Sentence(ParseError error, string path) => error.SymbolResult switch
    {
        OptionResult { Tokens: [{ Value.Length: 0 }], Option: { } option } => $"{option.Name} needs a value.",
        OptionResult { Tokens.Count: > 1, Option: { Arity.MaximumNumberOfValues: 1 } option } => $"{option.Name} is given more than once.",
        OptionResult { Tokens: [{ Value: { } value }, ..], Option: { } option } => $"{option.Name}: '{value}' is {Wanted(option.ValueType, option.GetCompletions(CompletionContext.Empty))}",
        OptionResult { Option: { } option } => $"{option.Name} needs a value.",
        ArgumentResult { Tokens: [{ Value: { } value }, ..], Argument: { } argument } => $"{path}: '{value}' is {Wanted(argument.ValueType, argument.GetCompletions(CompletionContext.Empty))}",
        CommandResult { Command: { Subcommands.Count: > 0 } group } => $"{path} needs one of its commands: {string.Join(", ", group.Subcommands.Select(sub => sub.Name))}.",
        ArgumentResult { Argument: { } argument } => $"{path} needs <{argument.HelpName ?? argument.Name}>: {argument.Description}.",
        _ => error.Message,
    };

    private static string Wanted(Type type, IEnumerable<CompletionItem> choices)
    {
        var names = choices.Select(choice => choice.Label).ToList();
        if (names.Count > 0) return $"none of {string.Join(", ", names)}.";
        return (Nullable.GetUnderlyingType(type) ?? type) == typeof(int) ? "not a whole number that fits here." : "not valid.";
    }

    private static string Path(CommandResult result) => result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "dragoman";
}
