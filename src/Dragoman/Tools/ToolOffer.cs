using Dragoman.Messages;

namespace Dragoman.Tools;

/// <summary>
/// Which of a request's tools a model elsewhere may call. Deferred tools stay hidden until something in the conversation refers to them and are then offered
/// behind the others, in the order of their first mention: the list only grows at its end, so a local model's cache of the beginning stays good.
/// </summary>
/// <param name="Offered">The tools to offer, Anthropic's own client tools with their definitions filled in.</param>
/// <param name="Unavailable">Tools that only Anthropic's servers could run; the model is told that it doesn't have them.</param>
/// <param name="Known">Every tool of the request by name, hidden ones too.</param>
/// <param name="SearchReplaced">Tool search on the server can't be had, so all deferred tools are offered at once.</param>
/// <param name="NamesShared">Two toolsets have members of one name, of which only the first is offered.</param>
internal sealed record ToolOffer(IReadOnlyList<Tool> Offered, IReadOnlyList<Tool> Unavailable, IReadOnlyDictionary<string, Tool> Known, bool SearchReplaced, bool NamesShared)
{
    private const string SearchPrefix = "tool_search_tool_";

    /// <summary>What of the client's tools is approximated, as <c>field=how</c>; unavailable ones are not among it.</summary>
    public IEnumerable<string> Degraded
    {
        get
        {
            if (NamesShared) yield return "tools.same_name=first_only";
            if (SearchReplaced) yield return "tool_search=all_tools_offered";
        }
    }

    /// <summary>Works out the offer.</summary>
    public static ToolOffer Of(MessagesRequest request)
    {
        var known = new Dictionary<string, Tool>(StringComparer.Ordinal);
        // The computer's and the browser's toolset share names, and an upstream refuses or confuses two tools of one name.
        var expanded = request.Tools.SelectMany(AnthropicTools.Expand).ToList();
        var all = expanded.DistinctBy(tool => tool.Name, StringComparer.Ordinal).ToList();
        foreach (var tool in all) known.Add(tool.Name, tool);
        var (mentioned, removed) = Mentions(request, known);
        // Without the server's search the model could never find a deferred tool.
        var searchReplaced = all.Exists(tool => tool.Type.StartsWith(SearchPrefix, StringComparison.Ordinal)) && all.Exists(tool => tool.DeferLoading);
        var offered = all.Where(tool => tool.Kind != ToolKind.Server && (!tool.DeferLoading || searchReplaced) && !removed.Contains(tool.Name)).ToList();
        foreach (var name in mentioned)
        {
            if (known.TryGetValue(name, out var tool) && tool.Kind != ToolKind.Server && !offered.Contains(tool)) offered.Add(tool);
        }

        var unavailable = all.Where(tool => tool.Kind == ToolKind.Server && !tool.Type.StartsWith(SearchPrefix, StringComparison.Ordinal)).ToList();
        return new ToolOffer(offered, unavailable, known, searchReplaced, NamesShared: all.Count < expanded.Count);
    }

    private static (List<string> Mentioned, HashSet<string> Removed) Mentions(MessagesRequest request, Dictionary<string, Tool> known)
    {
        var mentioned = new List<string>();
        var removed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var block in request.Messages.SelectMany(message => message.Content))
        {
            switch (block)
            {
                case ToolResultBlock result:
                    mentioned.AddRange(result.Content.OfType<ToolReferenceBlock>().Select(reference => reference.ToolName));
                    break;
                case ServerToolResultBlock search:
                    mentioned.AddRange(search.References);
                    break;
                case ToolChangeBlock { Adds: true } added:
                    if (added.Definition is not null) known.TryAdd(added.Name, added.Definition);
                    removed.Remove(added.Name);
                    mentioned.Add(added.Name);
                    break;
                case ToolChangeBlock gone:
                    removed.Add(gone.Name);
                    mentioned.RemoveAll(name => name == gone.Name);
                    break;
            }
        }

        return (mentioned, removed);
    }
}
