using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Providers;

/// <summary>Makes reply events of an upstream's tool calls: arguments healed and fitted to the tool's schema, ids that are unique in the conversation.</summary>
internal sealed class ToolCallTranslator(MessagesRequest request, ToolOffer offer, IdSource ids)
{
    private const int MaxIdLength = 128;

    // A call without a name can't be run, but the client's "no such tool" lets the model try again; an empty name ends some clients' loop.
    private const string Unnamed = "unnamed_tool";

    private readonly HashSet<string> _used = new(request.Messages.SelectMany(message => message.Content).OfType<ToolUseBlock>().Select(call => call.Id), StringComparer.Ordinal);

    /// <summary>How many calls there were.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the events of one call; returns the id that the client sees. <paramref name="signature"/>: what the upstream wants to have back with the call.</summary>
    public string Translate(string? id, string name, ReadOnlyMemory<byte> arguments, List<ReplyEvent> events, string? signature = null)
    {
        Count++;
        if (name.Length == 0) name = offer.Offered is [var only] ? only.Name : Unnamed;
        var tool = offer.Known.GetValueOrDefault(name);
        var input = ArgumentRepair.Repair(arguments).Json;
        if (tool is not null) input = ArgumentCoercion.Coerce(input, tool.InputSchema).Json;
        var seen = Id(id);
        if (signature is not null) events.Add(ReplyEvent.OfSignature(signature));
        events.Add(ReplyEvent.OfToolCall(new ToolCallStart(seen, name, tool is null ? null : AnthropicTools.ToolsetOf(tool))));
        // The arguments are there as a whole, or they could not be healed: so one delta carries them all.
        events.Add(ReplyEvent.OfToolInput(JsonText.From(input.Span)));
        return seen;
    }

    // Older Ollama servers, remote models and Vertex AI send no id, llama-server's may come again in a later turn, and the API allows only some characters.
    private string Id(string? id)
    {
        var usable = id is { Length: > 0 and <= MaxIdLength } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        if (usable && _used.Add(id!)) return id!;
        var made = ids.Next("toolu_");
        _used.Add(made);
        return made;
    }
}
