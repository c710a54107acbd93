using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>
/// Makes turns of Anthropic's messages, in the order that OpenAI insists on: every call is answered directly behind the message that makes it. What a message
/// becomes depends on nothing behind it, so the conversation of one turn is a prefix of the next turn's. Nothing is dropped in silence: <see cref="Degraded"/> names it.
/// </summary>
internal sealed class OpenAiConversation(string model, OpenAiDialect dialect, ToolOffer tools, ReasoningHistory reasoning, bool seesImages)
{
    private static readonly JsonText Below = JsonText.From("[The output is in the user's next message.]");

    private readonly List<OpenAiTurn> _turns = [];
    private readonly Dictionary<string, (string Name, int Order)> _calls = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _degraded = new(StringComparer.Ordinal);
    private int _callCount;

    /// <summary>What was approximated, as <c>field=how</c>.</summary>
    public IEnumerable<string> Degraded => _degraded.Concat(reasoning.Degraded);

    /// <summary>Translates all messages.</summary>
    public List<OpenAiTurn> Translate(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message.Role == Role.Assistant) Assistant(message);
            else if (message.Role == Role.System) System(message);
            else User(message);
        }

        if (_turns is [.., AssistantTurn])
        {
            if (dialect.Prefill == Prefill.AsIs) _degraded.Add("prefill=model_dependent");
            if (dialect.Prefill == Prefill.Instructed)
            {
                _degraded.Add("prefill=instructed");
                Instruct(BlockText.GoOn);
            }
        }

        return _turns;
    }

    /// <summary>Adds what the model is told of this request behind everything else.</summary>
    public void Instruct(JsonText text) => Last().Add(new TextPart(text));

    private void User(Message message)
    {
        var results = message.Content.OfType<ToolResultBlock>().OrderBy(result => _calls.GetValueOrDefault(result.ToolUseId).Order).ToList();
        var beside = new List<OpenAiPart>();
        foreach (var result in results) Result(result, beside);
        var parts = Parts(message.Content.Where(block => block is not ToolResultBlock)).ToList();
        // A reminder beside a tool's result is no word of the user's. As a user message it would end the running tool loop in the eyes of chat templates, which
        // then drop the reasoning of that loop; and Mistral takes none there.
        var isRemark = parts.TrueForAll(part => part is TextPart text && BlockText.IsReminder(text.Text)) || results.Exists(LoadsTools);
        if (_turns is [.., ResultTurn last] && beside.Count == 0 && isRemark && parts.TrueForAll(part => part is TextPart)) last.Parts.AddRange(parts);
        else if (beside.Count + parts.Count > 0) OfUser().Parts.AddRange([.. beside, .. parts]);
    }

    // The client's "Tool loaded." belongs to the result.
    private static bool LoadsTools(ToolResultBlock result) => result.Content.Any(block => block is ToolReferenceBlock);

    // In place: in the middle few servers take a system message, and at the front it would change everything behind.
    private void System(Message message)
    {
        foreach (var text in message.Content.OfType<TextBlock>().Where(block => !block.Text.IsEmpty)) Last().Add(new TextPart(BlockText.Reminder(text.Text)));
    }

    // What the model reads last: a tool's result, or the user's words.
    private List<OpenAiPart> Last() => _turns is [.., ResultTurn result] ? result.Parts : OfUser().Parts;

    private UserTurn OfUser()
    {
        if (_turns is [.., UserTurn last]) return last;
        var turn = new UserTurn();
        _turns.Add(turn);
        return turn;
    }

    private void Result(ToolResultBlock block, List<OpenAiPart> beside)
    {
        var (name, order) = _calls.GetValueOrDefault(block.ToolUseId, ("tool", 0));
        var result = new ResultTurn(CallIds.Fit(block.ToolUseId, dialect), FunctionNames.Fit(name), order, block.IsError);
        var parts = Parts(block.Content).ToList();
        var inside = parts.Where(part => part is TextPart || dialect.ImagesInResults).ToList();
        result.Parts.AddRange(inside);
        // Consecutive user messages are one, and nothing may stand between calls and their answers.
        var at = _turns.Count;
        while (at > 0 && (_turns[at - 1] is UserTurn || (_turns[at - 1] is ResultTurn before && before.Order > order))) at--;
        _turns.Insert(at > 0 && _turns[at - 1] is AssistantTurn or ResultTurn ? at : _turns.Count, result);
        if (inside.Count == parts.Count) return;
        _degraded.Add("tool_result.media=beside");
        if (inside.Count == 0) result.Parts.Add(new TextPart(Below));
        beside.Add(new TextPart(JsonText.From($"[Belongs to the result of {result.Name} ({result.CallId}):]")));
        beside.AddRange(parts.Except(inside, ReferenceEqualityComparer.Instance).Cast<OpenAiPart>());
    }

    private void Assistant(Message message)
    {
        var items = new List<AssistantItem>();
        foreach (var block in message.Content)
        {
            switch (block)
            {
                case TextBlock text: Say(items, text.Text); break;
                case ThinkingBlock thinking when reasoning.Read(thinking) is { } thought: items.Add(thought); break;
                case ThinkingBlock: break;
                case RedactedThinkingBlock: _degraded.Add("redacted_thinking=dropped"); break;
                case ToolUseBlock call: Called(items, call); break;
                case ServerToolUseBlock call: ServerCall(items, call); break;
                case ServerToolResultBlock result: ServerResult(items, result); break;
                case CompactionBlock { Content: { } summary }: Compact(items, summary); break;
                case CompactionBlock: break;
                default: Show(items, block); break;
            }
        }

        // "Item 'rs_…' of type 'reasoning' was provided without its required following item" (Responses), after an answer that was cut off in its thoughts.
        while (dialect.ReasoningReturn == ReasoningReturn.Items && items is [.., Thought])
        {
            items.RemoveAt(items.Count - 1);
            reasoning.Drop();
        }

        if (items.Count == 0) return;
        if (_turns is not [.., AssistantTurn said]) _turns.Add(said = new AssistantTurn());
        said.Items.AddRange(items);
    }

    private static void Say(List<AssistantItem> items, JsonText text)
    {
        if (!text.IsEmpty) items.Add(new Words(text));
    }

    private void Called(List<AssistantItem> items, ToolUseBlock call)
    {
        // An id may come again in a later turn; the result that follows is then the later call's.
        _calls[call.Id] = (call.Name, _callCount++);
        items.Add(new Call(CallIds.Fit(call.Id, dialect), FunctionNames.Fit(call.Name), call.Input));
    }

    private void ServerCall(List<AssistantItem> items, ServerToolUseBlock call)
    {
        _calls[call.Id] = (call.Name, _callCount++);
        _degraded.Add("server_tools.history=text");
        Say(items, BlockText.ServerCall(call));
    }

    private void ServerResult(List<AssistantItem> items, ServerToolResultBlock result)
    {
        _degraded.Add("server_tools.history=text");
        Say(items, BlockText.ServerResult(result, _calls.GetValueOrDefault(result.ToolUseId).Name, Loaded));
    }

    // The model's own words can be nothing but text and calls.
    private void Show(List<AssistantItem> items, ContentBlock block)
    {
        foreach (var part in Parts([block]))
        {
            if (part is TextPart text)
            {
                Say(items, text.Text);
                continue;
            }

            _degraded.Add("assistant.media=notice");
            Say(items, BlockText.LostFile);
        }
    }

    // The summary stands for everything before it.
    private void Compact(List<AssistantItem> items, JsonText summary)
    {
        items.Clear();
        _turns.Clear();
        OfUser().Parts.Add(new TextPart(BlockText.Summary(summary)));
    }

    private IEnumerable<OpenAiPart> Parts(IEnumerable<ContentBlock> blocks)
    {
        var media = new OpenAiMedia(model, dialect, seesImages, _degraded);
        foreach (var block in blocks)
        {
            switch (block)
            {
                case TextBlock { Text.IsEmpty: false } text: yield return new TextPart(text.Text); break;
                case TextBlock: break;
                case ImageBlock image: yield return media.Image(image.Source); break;
                case DocumentBlock { Source: Base64Source or UrlSource or FileSource } document:
                    foreach (var part in media.File(document)) yield return part;
                    break;
                case DocumentBlock document:
                    foreach (var part in Document(document)) yield return part;
                    break;
                case SearchResultBlock search: yield return new TextPart(BlockText.Search(search, Parts(search.Content).OfType<TextPart>().Select(text => text.Text))); break;
                case ToolReferenceBlock reference: yield return new TextPart(Loaded(reference.ToolName)); break;
                case ServerToolResultBlock result when ServerToolText.Of(result) is { IsEmpty: false } text: yield return new TextPart(text); break;
                case OtherBlock other when BlockText.Other(other) is { } text:
                    _degraded.Add($"{other.Type}=text");
                    yield return new TextPart(text);
                    break;
            }
        }
    }

    private IEnumerable<OpenAiPart> Document(DocumentBlock document)
    {
        var inside = document.Source switch
        {
            TextSource text => [new TextPart(text.Data)],
            BlocksSource blocks => Parts(blocks.Content).ToList(),
            _ => new List<OpenAiPart>(),
        };
        _degraded.Add("documents=text");
        yield return new TextPart(BlockText.Document(document, inside.OfType<TextPart>().Select(text => text.Text).Where(text => !text.IsEmpty)));
        foreach (var file in inside.Where(part => part is not TextPart)) yield return file;
    }

    private JsonText Loaded(string name) => BlockText.Loaded(name, tools, FunctionNames.Fit(name));
}
