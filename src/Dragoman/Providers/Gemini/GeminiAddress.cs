using System.Text.RegularExpressions;
using Dragoman.Providers.Gemini.Request;

namespace Dragoman.Providers.Gemini;

/// <summary>Where the API is: its base address and the paths of its methods, which differ by flavour. A key is never part of one.</summary>
internal sealed partial class GeminiAddress
{
    // Google's Vertex AI express keys begin so, keys of the Gemini Developer API with "AIza".
    private const string ExpressKeyPrefix = "AQ.";

    private readonly string _prefix;

    private GeminiAddress(GeminiFlavour flavour, Uri root, string prefix) => (Flavour, Root, _prefix) = (flavour, root, prefix);

    /// <summary>Which API is spoken.</summary>
    public GeminiFlavour Flavour { get; }

    /// <summary>The base address, for people.</summary>
    public Uri Root { get; }

    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LocationName();

    [GeneratedRegex("^v[0-9][a-z0-9]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();

    /// <summary>The flavour that is meant when the configuration names none.</summary>
    public static GeminiFlavour FlavourOf(string? key, string? project, string? url)
    {
        if (project is not null) return GeminiFlavour.Vertex;
        if (url?.Contains("aiplatform.googleapis.com", StringComparison.OrdinalIgnoreCase) == true || key?.StartsWith(ExpressKeyPrefix, StringComparison.Ordinal) == true) return GeminiFlavour.VertexExpress;
        return GeminiFlavour.GeminiApi;
    }

    /// <summary>Works out the address.</summary>
    /// <param name="flavour">Which API is spoken.</param>
    /// <param name="url">The user's own address: a host, with a path or a version perhaps.</param>
    /// <param name="project">The project, for Vertex AI.</param>
    /// <param name="location">The location, for Vertex AI.</param>
    /// <exception cref="ConfigException">Something of it is no address.</exception>
    public static GeminiAddress Of(GeminiFlavour flavour, string? url, string? project, string? location)
    {
        // A wrong one would become part of a host name, to which the token goes.
        if (location is not null && !LocationName().IsMatch(location)) throw new ConfigException($"Vertex AI's location '{location}' is none; write for example global or europe-west4");
        var root = Parse(url ?? Host(flavour, location));
        var version = flavour == GeminiFlavour.GeminiApi ? "v1beta/" : "v1/";
        if (Version().IsMatch(root.Segments[^1].TrimEnd('/'))) version = "";
        var prefix = flavour switch
        {
            GeminiFlavour.GeminiApi => version,
            GeminiFlavour.VertexExpress => $"{version}publishers/google/",
            _ => $"{version}projects/{Uri.EscapeDataString(project!)}/locations/{location}/publishers/google/",
        };
        return new GeminiAddress(flavour, root, prefix);
    }

    /// <summary>A method of a model, for example <c>countTokens</c>.</summary>
    public Uri Method(string model, string method) => new(Root, $"{_prefix}models/{Uri.EscapeDataString(model)}:{method}");

    /// <summary>The list of models (Gemini Developer API only).</summary>
    public Uri Models(string? pageToken)
    {
        // As many as the API gives at once.
        const int pageSize = 1000;
        return new Uri(Root, $"{_prefix}models?pageSize={pageSize}{(pageToken is null ? "" : "&pageToken=" + Uri.EscapeDataString(pageToken))}");
    }

    private static string Host(GeminiFlavour flavour, string? location) => flavour switch
    {
        GeminiFlavour.GeminiApi => "https://generativelanguage.googleapis.com",
        GeminiFlavour.Vertex when location is not "global" => $"https://{location}-aiplatform.googleapis.com",
        _ => "https://aiplatform.googleapis.com",
    };

    private static Uri Parse(string url)
    {
        var text = url.Trim();
        if (!text.Contains("://", StringComparison.Ordinal)) text = "https://" + text;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0 || address.Query.Length > 0)
        {
            throw new ConfigException($"Gemini's address '{url}' is not a URL; write for example https://generativelanguage.googleapis.com");
        }

        return address;
    }
}
