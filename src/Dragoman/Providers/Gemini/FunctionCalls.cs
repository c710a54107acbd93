using Dragoman.Providers.Gemini.Request;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini;

/// <summary>
/// Makes reply events of tool calls, whole ones and those that come in pieces. A call leaves when it is complete: a client must not run half of one.
/// </summary>
/// <param name="terms">What is known of the request.</param>
/// <param name="ids">Source of ids.</param>
/// <param name="remember">Is told which thought signature belongs to which of the client's ids.</param>
internal sealed class FunctionCalls(AnswerTerms terms, IdSource ids, Action<string, string> remember)
{
    private readonly ToolCallTranslator _calls = new(terms.Request, terms.Sent.Offer, ids);
    private UnfinishedCall? _open;

    /// <summary>How many calls have left.</summary>
    public int Count => _calls.Count;

    /// <summary>Adds the events of a call that is complete with this part, if one is.</summary>
    public void Add(FunctionCallPart call, string? signature, List<ReplyEvent> events)
    {
        if (call.Name is { Length: > 0 } name)
        {
            Close(events);
            _open = new UnfinishedCall(name);
        }

        // What ends a call that has ended already.
        if (_open is null) return;
        _open.Add(call, signature);
        if (!call.WillContinue) Close(events);
    }

    /// <summary>Adds the events of a call whose last piece is missing; to be used only when the model ended in good order.</summary>
    public void Close(List<ReplyEvent> events)
    {
        if (_open is not { } call) return;
        _open = null;
        if (terms.Request.ToolChoice is { DisableParallel: true } && Count > 0) return;
        var name = terms.Sent.Names.ToClient(call.Name);
        // Names of properties first: coercion goes by the client's schema.
        var input = terms.Sent.Names.InputToClient(name, call.Arguments);
        var id = _calls.Translate(call.Id, name, input, events, call.Signature is null ? null : ThoughtSignatures.CallPrefix + call.Signature);
        if (call.Signature is not null) remember(id, call.Signature);
    }

    private sealed class UnfinishedCall(string name)
    {
        private PartialArguments? _pieces;
        private ReadOnlyMemory<byte> _whole;

        public string Name { get; } = name;

        public string? Id { get; private set; }

        public string? Signature { get; private set; }

        public ReadOnlyMemory<byte> Arguments => _pieces?.ToJson() ?? _whole;

        public void Add(FunctionCallPart part, string? signature)
        {
            Id ??= part.Id;
            Signature ??= signature is { Length: > 0 } ? signature : null;
            // The call may leave after the chunk that this is a slice of is gone.
            if (!part.Arguments.IsEmpty) _whole = part.WillContinue ? part.Arguments.ToArray() : part.Arguments;
            foreach (var piece in part.Pieces) (_pieces ??= new PartialArguments()).Add(piece);
        }
    }
}
