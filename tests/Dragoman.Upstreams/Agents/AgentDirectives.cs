using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dragoman.Upstreams.Agents;

/// <summary>One directive of a prompt: <c>[[name:argument]]</c> or <c>[[name]]</c>.</summary>
/// <param name="Name">text, think, tool, then, and, error, drop, silence or title.</param>
/// <param name="Argument">What follows the colon, or empty.</param>
internal sealed record AgentDirective(string Name, string Argument)
{
    /// <summary>The argument of <c>silence</c>, milliseconds.</summary>
    public TimeSpan Duration => TimeSpan.FromMilliseconds(int.TryParse(Argument, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : 0);

    /// <summary>The argument of <c>tool</c>: a name, then optionally a JSON object.</summary>
    public AgentToolCall ToolCall
    {
        get
        {
            var space = Argument.IndexOf(' ', StringComparison.Ordinal);
            return space < 0
                ? new AgentToolCall(Argument, "{}")
                : new AgentToolCall(Argument[..space], Argument[(space + 1)..].Trim());
        }
    }
}

/// <summary>Finds directives in a text.</summary>
internal static class AgentDirectives
{
    private static readonly string[] Names = ["text", "think", "tool", "then", "and", "error", "drop", "silence", "title"];

    /// <summary>The directives in order. What looks like one but has an unknown name, no end, or arguments that are no JSON object, is plain text.</summary>
    public static IReadOnlyList<AgentDirective> In(string text)
    {
        var found = new List<AgentDirective>();
        var position = 0;
        while ((position = text.IndexOf("[[", position, StringComparison.Ordinal)) >= 0)
        {
            position += 2;
            if (ReadAt(text, position) is var (directive, end))
            {
                found.Add(directive);
                position = end;
            }
        }

        return found;
    }

    private static (AgentDirective Directive, int End)? ReadAt(string text, int start)
    {
        var nameEnd = text.AsSpan(start).IndexOfAny(':', ']');
        if (nameEnd < 0 || text[start..(start + nameEnd)] is not { } name || !Names.Contains(name))
        {
            return null;
        }

        var argument = start + nameEnd + (text[start + nameEnd] == ':' ? 1 : 0);
        var end = name == "tool" ? EndOfTool(text, argument) : text.IndexOf("]]", argument, StringComparison.Ordinal);
        return end < 0 ? null : (new AgentDirective(name, text[argument..end]), end + 2);
    }

    /// <summary>Where the <c>]]</c> after a tool's arguments is; the JSON itself may contain <c>]]</c>.</summary>
    private static int EndOfTool(string text, int start)
    {
        var plainEnd = text.IndexOf("]]", start, StringComparison.Ordinal);
        var json = text.IndexOf('{', start);
        if (json < 0 || plainEnd < json)
        {
            return plainEnd;
        }

        var rest = Encoding.UTF8.GetBytes(text[json..]);
        var reader = new Utf8JsonReader(rest, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || !reader.TrySkip())
            {
                return -1;
            }
        }
        catch (JsonException)
        {
            return -1;
        }

        var end = json + Encoding.UTF8.GetCharCount(rest.AsSpan(0, (int)reader.BytesConsumed));
        return text.AsSpan(end).TrimStart().StartsWith("]]", StringComparison.Ordinal) ? text.IndexOf("]]", end, StringComparison.Ordinal) : -1;
    }
}
