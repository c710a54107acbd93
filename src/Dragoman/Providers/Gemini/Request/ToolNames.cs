using System.Security.Cryptography;
using System.Text;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>
/// The names of tools, and of the properties of their inputs, where Gemini knows them by others. Gemini's names begin with a letter or an underscore; older
/// servers take 64 characters at most. Names that fit stay as they are.
/// </summary>
internal sealed class ToolNames
{
    private const int MaxLength = 64;

    // How the API's own prompt calls the functions; some models answer with it.
    private static readonly string[] Prefixes = ["default_api:", "default_api."];

    private readonly Dictionary<string, string> _toClient = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PropertyNames> _inputs = new(StringComparer.Ordinal);

    /// <summary>Learns the names of the tools on offer.</summary>
    public ToolNames(IReadOnlyList<Tool> tools)
    {
        foreach (var tool in tools)
        {
            _toClient[Fit(tool.Name)] = tool.Name;
            if (FunctionDeclaration.Of(tool).Input is { } names) _inputs[tool.Name] = names;
        }
    }

    /// <summary>
    /// The name for Gemini: the same one for a tool in every turn, whatever else is offered, and for one that is named in the history only. A name that has to
    /// change gets a hash of the whole name at its end, so that two are told apart.
    /// </summary>
    public static string Fit(string name)
    {
        const int digits = 8;
        if (Accepts(name)) return name;
        var fitting = string.Concat(name.Select(c => Accepts(c) ? c : '_'));
        if (fitting.Length == 0 || !(char.IsAsciiLetter(fitting[0]) || fitting[0] == '_')) fitting = "_" + fitting;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..digits];
        return $"{fitting[..Math.Min(fitting.Length, MaxLength - digits - 1)]}_{hash}";
    }

    /// <summary>The client's name for what Gemini calls.</summary>
    public string ToClient(string name)
    {
        if (_toClient.TryGetValue(name, out var known)) return known;
        foreach (var prefix in Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return ToClient(name[prefix.Length..]);
        }

        return name;
    }

    /// <summary>Whether inputs of the tool (the client's name) have other names for Gemini, so that they can't be passed on in pieces.</summary>
    public bool RenamesInput(string name) => _inputs.ContainsKey(name);

    /// <summary>The input of a call of a tool (the client's name) as Gemini knows it.</summary>
    public ReadOnlyMemory<byte> InputToUpstream(string name, ReadOnlyMemory<byte> input) => _inputs.TryGetValue(name, out var names) ? names.ToUpstream(input.Span) : input;

    /// <summary>The input of a call of a tool (the client's name) as the client knows it.</summary>
    public ReadOnlyMemory<byte> InputToClient(string name, ReadOnlyMemory<byte> input) => _inputs.TryGetValue(name, out var names) ? names.ToClient(input.Span) : input;

    private static bool Accepts(string name) => name.Length is > 0 and <= MaxLength && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(Accepts);

    private static bool Accepts(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';
}
