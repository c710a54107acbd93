using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>
/// A request whose tools all run on the server: a search of the web (Claude Code's WebSearch tool sends one of its own for each search), the reading of
/// addresses, or both. Google does the same by grounding, but refuses it beside functions.
/// </summary>
/// <param name="SearchTool">The name of the client's <c>web_search_*</c> tool; null when it offers none.</param>
/// <param name="FetchTool">The name of the client's <c>web_fetch_*</c> tool; null when it offers none.</param>
/// <param name="AllowedDomains">Only results of these are wanted; empty: of all.</param>
/// <param name="BlockedDomains">No results of these are wanted.</param>
/// <param name="Location">Where the user is, in words; null when the client doesn't say.</param>
/// <param name="IsLimited">The client limits how often a tool is used, or how much it reads.</param>
internal sealed record ServerSearch(
    string? SearchTool, string? FetchTool, IReadOnlyList<string> AllowedDomains, IReadOnlyList<string> BlockedDomains, string? Location, bool IsLimited)
{
    private static readonly string[] Limits = ["max_uses", "max_content_tokens"];

    /// <summary>The search that a request is; null when it has other tools, or none that Google runs.</summary>
    public static ServerSearch? Of(ToolOffer offer, GeminiModelTraits model)
    {
        if (offer.Offered.Count > 0 || !model.ServerTools) return null;
        var search = First(offer, "web_search_");
        var fetch = First(offer, "web_fetch_");
        if (search is null && fetch is null) return null;
        List<string> allowed = [], blocked = [];
        string? location = null;
        var isLimited = false;
        foreach (var tool in new[] { search, fetch }.OfType<Tool>().Where(tool => !tool.Raw.IsEmpty))
        {
            using var entry = JsonDocument.Parse(tool.Raw);
            allowed.AddRange(Strings(entry.RootElement, "allowed_domains"));
            blocked.AddRange(Strings(entry.RootElement, "blocked_domains"));
            location ??= Place(entry.RootElement);
            isLimited |= Array.Exists(Limits, limit => entry.RootElement.TryGetProperty(limit, out var value) && value.ValueKind == JsonValueKind.Number);
        }

        return new ServerSearch(search?.Name, fetch?.Name, allowed, blocked, location, isLimited);
    }

    /// <summary>Whether Google runs this tool here.</summary>
    public bool Runs(Tool tool) => tool.Name == SearchTool || tool.Name == FetchTool;

    /// <summary>What the client asks for and Google has no field for, as text for the model.</summary>
    public IEnumerable<JsonText> Instructions()
    {
        if (AllowedDomains.Count > 0) yield return JsonText.From($"Use nothing but results of these domains: {string.Join(", ", AllowedDomains)}.");
        if (BlockedDomains.Count > 0) yield return JsonText.From($"Use no results of these domains: {string.Join(", ", BlockedDomains)}.");
        if (Location is not null) yield return JsonText.From($"The user is here: {Location}.");
    }

    /// <summary>What is approximated, as <c>field=how</c>.</summary>
    public IEnumerable<string> Degraded()
    {
        if (AllowedDomains.Count > 0) yield return "server_tools.allowed_domains=instructed";
        if (BlockedDomains.Count > 0) yield return "server_tools.blocked_domains=instructed";
        if (Location is not null) yield return "server_tools.user_location=instructed";
        if (IsLimited) yield return "server_tools.limits=ignored";
    }

    private static Tool? First(ToolOffer offer, string prefix) => offer.Unavailable.FirstOrDefault(tool => tool.Type.StartsWith(prefix, StringComparison.Ordinal));

    private static IEnumerable<string> Strings(JsonElement tool, string field) => tool.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array
        ? list.EnumerateArray().Where(text => text.ValueKind == JsonValueKind.String).Select(text => text.GetString()!)
        : [];

    private static string? Place(JsonElement tool)
    {
        if (!tool.TryGetProperty("user_location", out var place) || place.ValueKind != JsonValueKind.Object) return null;
        var parts = place.EnumerateObject().Where(part => part.Name != "type" && part.Value.ValueKind == JsonValueKind.String).Select(part => part.Value.GetString());
        return string.Join(", ", parts) is { Length: > 0 } text ? text : null;
    }
}
