using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>
/// Makes Gemini's <c>contents</c> of Anthropic's messages, in the order that Gemini insists on: the user first and last, the two in turn, all answers to a
/// step's calls at once and before anything else. What a message becomes depends on nothing behind it, so the conversation of one turn is a prefix of the next
/// turn's. Nothing is dropped in silence: <see cref="Degraded"/> names it.
/// </summary>
internal sealed class GeminiContents(GeminiModelTraits model, ToolOffer tools, ToolNames names, ThoughtSignatures signatures)
{
    private static readonly JsonText Start = JsonText.From("[The conversation begins with your own words.]");

    private readonly List<GeminiContent> _contents = [];
    private readonly Dictionary<string, (string Name, int Order)> _calls = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _degraded = new(StringComparer.Ordinal);
    private int _callCount;

    /// <summary>What was approximated, as <c>field=how</c>.</summary>
    public IEnumerable<string> Degraded => _degraded.Concat(signatures.Degraded);

    /// <summary>Translates all messages.</summary>
    public List<GeminiContent> Translate(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message.Role == Role.Assistant) Assistant(message);
            else if (message.Role == Role.System) System(message);
            else User(message);
        }

        if (_contents is [] or [{ IsModel: true }, ..]) _contents.Insert(0, new GeminiContent(isModel: false) { Parts = { new GeminiText(Start) } });
        if (_contents[^1].IsModel)
        {
            // Gemini answers; it doesn't complete.
            Of(isModel: false).Parts.Add(new GeminiText(BlockText.GoOn));
            _degraded.Add("prefill=instructed");
        }

        foreach (var content in _contents.Where(content => content.IsModel)) signatures.Complete(content.Parts);
        return _contents;
    }

    private GeminiContent Of(bool isModel)
    {
        if (_contents is [.., var last] && last.IsModel == isModel) return last;
        var next = new GeminiContent(isModel);
        _contents.Add(next);
        return next;
    }

    private void User(Message message)
    {
        var results = message.Content.OfType<ToolResultBlock>().OrderBy(result => _calls.GetValueOrDefault(result.ToolUseId).Order);
        foreach (var result in results) Result(result);
        Add(Parts(message.Content.Where(block => block is not ToolResultBlock)));
    }

    // In place: the system instruction stands before the whole conversation, so a change of it would change everything behind.
    private void System(Message message) =>
        Add(message.Content.OfType<TextBlock>().Where(block => !block.Text.IsEmpty).Select(block => new GeminiText(BlockText.Reminder(block.Text))));

    private void Add(IEnumerable<GeminiPart> parts)
    {
        foreach (var part in parts) Of(isModel: false).Parts.Add(part);
    }

    private void Result(ToolResultBlock result)
    {
        var media = new GeminiMedia(_degraded);
        var blocks = Parts(result.Content, media).ToList();
        var texts = blocks.OfType<GeminiText>().Select(text => text.Text).ToList();
        var files = blocks.OfType<GeminiInline>().ToList();
        var inside = files.Where(file => model.MultimodalResults && GeminiMedia.FitsInResult(file)).ToList();
        var name = ToolNames.Fit(_calls.GetValueOrDefault(result.ToolUseId).Name ?? "tool");
        var parts = Of(isModel: false).Parts;
        // Nothing may stand between calls and their answers, and consecutive user messages are one.
        parts.Insert(parts.FindLastIndex(part => part is GeminiResult) + 1, new GeminiResult(result.ToolUseId, name, texts, result.IsError, inside));
        if (inside.Count == files.Count) return;
        _degraded.Add("tool_result.media=beside");
        parts.Add(new GeminiText(JsonText.From($"[Belongs to the result of {name} ({result.ToolUseId}):]")));
        parts.AddRange(files.Except(inside, ReferenceEqualityComparer.Instance).Cast<GeminiPart>());
    }

    private void Assistant(Message message)
    {
        signatures.Begin();
        foreach (var block in message.Content)
        {
            switch (block)
            {
                case TextBlock text: Say(text.Text); break;
                case ThinkingBlock thinking when signatures.Read(thinking) is { } thought: Of(isModel: true).Parts.Add(thought); break;
                case ThinkingBlock: break;
                case RedactedThinkingBlock: _degraded.Add("redacted_thinking=dropped"); break;
                case ToolUseBlock call: Call(call); break;
                case ServerToolUseBlock call: ServerCall(call); break;
                case ServerToolResultBlock result: ServerResult(result); break;
                case CompactionBlock { Content: { } summary }: Compact(summary); break;
                case CompactionBlock: break;
                default: Show(block); break;
            }
        }
    }

    private void Say(JsonText text)
    {
        if (!text.IsEmpty) Of(isModel: true).Parts.Add(new GeminiText(text));
    }

    private void Call(ToolUseBlock call)
    {
        // An id may come again in a later turn; the result that follows is then the later call's.
        _calls[call.Id] = (call.Name, _callCount++);
        Of(isModel: true).Parts.Add(new GeminiCall(call.Id, ToolNames.Fit(call.Name), names.InputToUpstream(call.Name, call.Input)) { Signature = signatures.OfCall(call.Id) });
    }

    private void ServerCall(ServerToolUseBlock call)
    {
        _calls[call.Id] = (call.Name, _callCount++);
        _degraded.Add("server_tools.history=text");
        Say(BlockText.ServerCall(call));
    }

    private void ServerResult(ServerToolResultBlock result)
    {
        _degraded.Add("server_tools.history=text");
        Say(BlockText.ServerResult(result, _calls.GetValueOrDefault(result.ToolUseId).Name, Loaded));
    }

    // The model's own words can be nothing but text and calls.
    private void Show(ContentBlock block)
    {
        foreach (var part in Parts([block]))
        {
            if (part is GeminiText text)
            {
                Say(text.Text);
                continue;
            }

            _degraded.Add("assistant.media=notice");
            Say(BlockText.LostFile);
        }
    }

    // The summary stands for everything before it.
    private void Compact(JsonText summary)
    {
        _contents.Clear();
        Add([new GeminiText(BlockText.Summary(summary))]);
    }

    private IEnumerable<GeminiPart> Parts(IEnumerable<ContentBlock> blocks, GeminiMedia? media = null)
    {
        media ??= new GeminiMedia(_degraded);
        foreach (var block in blocks)
        {
            switch (block)
            {
                case TextBlock { Text.IsEmpty: false } text: yield return new GeminiText(text.Text); break;
                case TextBlock: break;
                case ImageBlock image: yield return media.Image(image.Source); break;
                case DocumentBlock { Source: Base64Source or UrlSource or FileSource } document:
                    foreach (var part in media.File(document)) yield return part;
                    break;
                case DocumentBlock document:
                    foreach (var part in Document(document, media)) yield return part;
                    break;
                case SearchResultBlock search: yield return new GeminiText(BlockText.Search(search, Parts(search.Content, media).OfType<GeminiText>().Select(text => text.Text))); break;
                case ToolReferenceBlock reference: yield return new GeminiText(Loaded(reference.ToolName)); break;
                case ServerToolResultBlock result when ServerToolText.Of(result) is { IsEmpty: false } text: yield return new GeminiText(text); break;
                case OtherBlock other when BlockText.Other(other) is { } text:
                    _degraded.Add($"{other.Type}=text");
                    yield return new GeminiText(text);
                    break;
            }
        }
    }

    private IEnumerable<GeminiPart> Document(DocumentBlock document, GeminiMedia media)
    {
        var inside = document.Source switch
        {
            TextSource text => [new GeminiText(text.Data)],
            BlocksSource blocks => Parts(blocks.Content, media).ToList(),
            _ => new List<GeminiPart>(),
        };
        _degraded.Add("documents=text");
        yield return new GeminiText(BlockText.Document(document, inside.OfType<GeminiText>().Select(text => text.Text).Where(text => !text.IsEmpty)));
        foreach (var file in inside.OfType<GeminiInline>()) yield return file;
    }

    private JsonText Loaded(string name) => BlockText.Loaded(name, tools, ToolNames.Fit(name));
}
