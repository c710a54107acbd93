using System.Security.Cryptography;
using System.Text;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>The names of tools where the upstream knows them by others: a name is 1 to 64 letters, digits, <c>_</c> and <c>-</c> (OpenAI, function's <c>name</c>). Names that fit stay.</summary>
internal sealed class FunctionNames
{
    private const int MaxLength = 64;

    private readonly Dictionary<string, string> _toClient = new(StringComparer.Ordinal);

    /// <summary>Learns the names of the tools on offer.</summary>
    public FunctionNames(IEnumerable<Tool> tools)
    {
        foreach (var tool in tools) _toClient[Fit(tool.Name)] = tool.Name;
    }

    /// <summary>
    /// The name for the upstream: the same one for a tool in every turn, whatever else is offered, and for one that is named in the history only. A name that has
    /// to change gets a hash of the whole name at its end, so that two are told apart.
    /// </summary>
    public static string Fit(string name)
    {
        const int digits = 8;
        if (name.Length is > 0 and <= MaxLength && name.All(Accepts)) return name;
        var fitting = string.Concat(name.Select(c => Accepts(c) ? c : '_'));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..digits];
        return $"{fitting[..Math.Min(fitting.Length, MaxLength - digits - 1)]}_{hash}";
    }

    /// <summary>The client's name for what the upstream calls.</summary>
    public string ToClient(string name) => _toClient.GetValueOrDefault(name, name);

    private static bool Accepts(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
