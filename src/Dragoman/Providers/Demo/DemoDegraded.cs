using Dragoman.Messages;

namespace Dragoman.Providers.Demo;

/// <summary>What of a request means nothing to the demo, which has no model: named all the same, as by every provider.</summary>
internal static class DemoDegraded
{
    /// <summary>The fields, as <c>field=how</c>.</summary>
    public static IReadOnlyList<string> Of(MessagesRequest request)
    {
        var named = new SortedSet<string>(request.Degraded, StringComparer.Ordinal);
        void Ignore(string field, bool given)
        {
            if (given) named.Add($"{field}=ignored");
        }

        var blocks = request.Messages.SelectMany(message => message.Content).ToList();
        Ignore("temperature", request.Temperature is not null);
        Ignore("top_p", request.TopP is not null);
        Ignore("top_k", request.TopK is not null);
        Ignore("stop_sequences", request.StopSequences.Count > 0);
        Ignore("thinking", request.Thinking is { IsOn: true });
        Ignore("effort", request.Effort is not null);
        Ignore("system", request.System.Count > 0);
        Ignore("images", blocks.Exists(block => block is ImageBlock));
        Ignore("documents", blocks.Exists(block => block is DocumentBlock));
        foreach (var tool in request.Tools.Where(tool => tool.Kind != ToolKind.Custom)) named.Add($"{tool.Name}=unavailable");
        return [.. named];
    }
}
