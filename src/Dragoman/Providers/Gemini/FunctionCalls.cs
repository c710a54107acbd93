using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini;

/// <summary>
/// Makes reply events of tool calls, whole ones and those that come in pieces. A call leaves when it is complete: a client must not run half of one.
/// </summary>
/// <param name="terms">What is known of the request.</param>
/// <param name="ids">Source of ids.</param>
/// <param name="remember">Is told which thought signature belongs to which of the client's ids.</param>
internal sealed class FunctionCalls(AnswerTerms terms, IdSource ids, Action<string, string> remember)
{
    /// <summary>Marks a signature of a call in what the client gives back.</summary>
    public const string SignaturePrefix = "call:";

    // Gemini puts tools into a module of its own and now and then calls them by the whole name.
    private const string ModulePrefix = "default_api:";

    private readonly ToolCallTranslator _calls = new(terms.Request, ToolOffer.Of(terms.Request), ids);
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
        var named = call.Name.StartsWith(ModulePrefix, StringComparison.Ordinal) ? call.Name[ModulePrefix.Length..] : call.Name;
        var id = _calls.Translate(call.Id, terms.ClientName(named), call.Arguments, events, call.Signature is null ? null : SignaturePrefix + call.Signature);
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
