using Dragoman.Messages;

namespace Dragoman.Providers.Demo;

/// <summary>The one harmless tool call that the demo makes when it is asked to use a tool.</summary>
internal static class DemoToolCall
{
    // Known tools with an input that changes nothing; in order of preference.
    private static readonly (string Tool, string Input)[] Harmless =
    [
        ("Bash", """{"command":"echo 'Hello from Dragoman'","description":"Print a greeting"}"""),
        ("bash", """{"command":"echo 'Hello from Dragoman'","description":"Print a greeting"}"""),
        ("Glob", """{"pattern":"*.md"}"""),
        ("glob", """{"pattern":"*.md"}"""),
        ("LS", """{"path":"."}"""),
    ];

    /// <summary>The call to make, or null when the demo should answer with text.</summary>
    public static (string Tool, string Input)? Choose(MessagesRequest request)
    {
        if (request.ToolChoice?.Kind == ToolChoiceKind.None) return null;
        var offered = request.Tools.Where(tool => tool is { Kind: ToolKind.Custom, DeferLoading: false }).ToList();
        if (offered.Count == 0) return null;
        if (request.ToolChoice is { Kind: ToolChoiceKind.Tool, Name: { } forced } && offered.Find(tool => tool.Name == forced) is { } wanted)
        {
            return (wanted.Name, DemoJson.Instance(wanted.InputSchema));
        }

        var asked = DemoText.LastToolResult(request) is null && DemoText.LastUserText(request).Contains("use a tool", StringComparison.OrdinalIgnoreCase);
        if (!asked && request.ToolChoice?.Kind != ToolChoiceKind.Any) return null;
        foreach (var harmless in Harmless)
        {
            if (offered.Exists(tool => tool.Name == harmless.Tool)) return harmless;
        }

        // A tool of whose effects nothing is known is called only when the client forces a call.
        return request.ToolChoice?.Kind == ToolChoiceKind.Any || offered.Count == 1 ? (offered[0].Name, DemoJson.Instance(offered[0].InputSchema)) : null;
    }
}
