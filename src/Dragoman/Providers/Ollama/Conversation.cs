using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>
/// Makes Ollama's messages of Anthropic's. What a message becomes depends on nothing behind it, so the conversation of one turn is a prefix of the next
/// turn's and the model's cache stays good. Nothing is dropped in silence: what Ollama has no place for becomes text, and <see cref="Degraded"/> names it.
/// </summary>
internal sealed class Conversation(OllamaModel model, ToolOffer tools)
{
    // Ollama has no field for a tool's failure, and an agent that doesn't see it repeats it.
    private static readonly JsonText Failed = JsonText.From("The tool failed:");

    private readonly List<ChatMessage> _messages = [];
    private readonly Dictionary<string, (string Name, int Order)> _calls = new(StringComparer.Ordinal);
    private int _callCount;
    private readonly SortedSet<string> _degraded = new(StringComparer.Ordinal);

    /// <summary>What was approximated, as <c>field=how</c>.</summary>
    public IReadOnlyCollection<string> Degraded => _degraded;

    /// <summary>Translates all messages.</summary>
    public List<ChatMessage> Translate(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            if (message.Role == Role.Assistant) Assistant(message);
            else if (message.Role == Role.System) System(message);
            else User(message);
        }

        return _messages;
    }

    private void User(Message message)
    {
        var results = message.Content.OfType<ToolResultBlock>().OrderBy(result => _calls.GetValueOrDefault(result.ToolUseId).Order).ToList();
        foreach (var answered in results) Result(answered);
        var text = Builder(message.Content.Where(block => block is not ToolResultBlock));
        if (text.IsEmpty) return;
        // A reminder beside a tool's result is no word of the user's. As a user message it would end the running tool loop in the eyes of the chat templates,
        // which then drop the thinking of that loop (qwen3.5, gemma4) and with it the cache.
        // (Consecutive user messages are one turn, so the results may also stand in the message before.)
        if (_messages is [.., { Role: "tool" } result] && text.Images.Count == 0 && (text.Texts.TrueForAll(BlockText.IsReminder) || results.Exists(LoadsTools))) result.Texts.AddRange(text.Texts);
        else Append(text);
    }

    // The client's "Tool loaded." belongs to the result.
    private static bool LoadsTools(ToolResultBlock result) => result.Content.Any(block => block is ToolReferenceBlock);

    // In place: a system message in the middle is dropped by some of Ollama's renderers (qwen3-coder) and moved to the front by others, which changes the whole prompt.
    private void System(Message message)
    {
        var texts = message.Content.OfType<TextBlock>().Where(block => !block.Text.IsEmpty).Select(block => BlockText.Reminder(block.Text)).ToList();
        if (texts.Count == 0) return;
        if (_messages is not [.., { Role: "user" or "tool" } last]) _messages.Add(last = new ChatMessage("user"));
        last.Texts.AddRange(texts);
    }

    private void Assistant(Message message)
    {
        var said = new ChatMessage("assistant");
        foreach (var block in message.Content)
        {
            switch (block)
            {
                case TextBlock text: said.Add(text.Text); break;
                case ThinkingBlock thinking: Think(said, thinking); break;
                case RedactedThinkingBlock: _degraded.Add("redacted_thinking=dropped"); break;
                case ToolUseBlock call: Call(said, call.Id, call.Name, call.Input); break;
                case ServerToolUseBlock call: Call(said, call.Id, call.Name, call.Input); break;
                case ServerToolResultBlock result: said = ServerResult(said, result); break;
                case CompactionBlock { Content: { } summary }: Compact(summary); break;
                default: Fill(said, [block]); break;
            }
        }

        Append(said);
    }

    private void Think(ChatMessage said, ThinkingBlock block)
    {
        // Thinking that the client asked not to see comes back in the signature. Another model's thinking is text like any other, unless it is sealed.
        var own = block.Thinking.IsEmpty ? ThinkingSignature.Open(block.Signature) : null;
        var thinking = own is null ? block.Thinking : JsonText.From(own.Thinking ?? "");
        if (model.Thinks && !thinking.IsEmpty) said.Thinking.Add(thinking);
        else if (own is null || !thinking.IsEmpty) _degraded.Add("thinking_history=dropped");
    }

    private void Call(ChatMessage said, string id, string name, ReadOnlyMemory<byte> input)
    {
        said.Calls.Add((id, name, input));
        // An id may come again in a later turn; the result that follows is then the later call's.
        _calls[id] = (name, _callCount++);
    }

    // A tool that Anthropic's servers ran stands in the middle of the assistant's message; for Ollama its result is a message of its own.
    private ChatMessage ServerResult(ChatMessage said, ServerToolResultBlock result)
    {
        Append(said);
        var answer = new ChatMessage("tool") { ToolCallId = result.ToolUseId, ToolName = _calls.GetValueOrDefault(result.ToolUseId).Name ?? result.Type };
        if (result.IsError) answer.Add(Failed);
        answer.Add(ServerToolText.Of(result));
        foreach (var name in result.References) AddDefinition(answer, name);
        _messages.Add(answer);
        return new ChatMessage("assistant");
    }

    // The summary stands for everything before it.
    private void Compact(JsonText summary)
    {
        _messages.Clear();
        var before = new ChatMessage("user");
        before.Add(BlockText.Summary(summary));
        _messages.Add(before);
    }

    private void Result(ToolResultBlock result)
    {
        var answer = new ChatMessage("tool") { ToolCallId = result.ToolUseId, ToolName = _calls.GetValueOrDefault(result.ToolUseId).Name };
        if (result.IsError) answer.Add(Failed);
        Fill(answer, result.Content);
        _messages.Add(answer);
    }

    private ChatMessage Builder(IEnumerable<ContentBlock> blocks)
    {
        var message = new ChatMessage("user");
        Fill(message, blocks);
        return message;
    }

    private void Fill(ChatMessage message, IEnumerable<ContentBlock> blocks)
    {
        var (textBefore, images) = (!message.IsEmpty, message.Images.Count);
        foreach (var block in blocks)
        {
            // Ollama has one list of images a message, in front of its text.
            if (block is not ImageBlock && textBefore && message.Images.Count > images) _degraded.Add("images.position=first");
            textBefore |= block is not ImageBlock;
            switch (block)
            {
                case TextBlock text: message.Add(text.Text); break;
                case ImageBlock image: Image(message, image.Source); break;
                case DocumentBlock document: Document(message, document); break;
                case SearchResultBlock search: Search(message, search); break;
                case ToolReferenceBlock reference: AddDefinition(message, reference.ToolName); break;
                case ServerToolResultBlock result: message.Add(ServerToolText.Of(result)); break;
                default: Other(message, block); break;
            }
        }
    }

    private void Image(ChatMessage message, MediaSource source)
    {
        if (source is Base64Source image && model.Sees)
        {
            message.Images.Add(image.Data);
            return;
        }

        // Every other kind of source was fetched or turned into a notice before (MediaResolver).
        _degraded.Add("images=notice");
        message.Add(JsonText.From($"[An image was left out here: the model {model.Name} can't see images.]"));
    }

    private void Document(ChatMessage message, DocumentBlock document)
    {
        var inside = new ChatMessage("user");
        if (document.Source is TextSource text) inside.Add(text.Data);
        else if (document.Source is BlocksSource blocks) Fill(inside, blocks.Content);
        message.Images.AddRange(inside.Images);
        message.Add(BlockText.Document(document, inside.Texts));
        _degraded.Add("documents=text");
    }

    private void Search(ChatMessage message, SearchResultBlock search)
    {
        var inside = new ChatMessage("user");
        Fill(inside, search.Content);
        message.Add(BlockText.Search(search, inside.Texts));
    }

    private void AddDefinition(ChatMessage message, string name) => message.Add(
        tools.Known.TryGetValue(name, out var tool)
            ? JsonText.Join("\n", [JsonText.From($"The tool {name} is available now:"), ToolText.Definition(tool)])
            : JsonText.From($"The tool {name} was found but is not available any more."));

    private void Other(ChatMessage message, ContentBlock block)
    {
        if (block is not OtherBlock other || BlockText.Other(other) is not { } text) return;
        _degraded.Add($"{other.Type}=text");
        message.Add(text);
    }

    // Chat templates of several models insist on alternating roles, and the API merges turns of one role.
    private void Append(ChatMessage message)
    {
        if (message.IsEmpty) return;
        if (_messages is [.., var last] && last.Role == message.Role)
        {
            last.Texts.AddRange(message.Texts);
            last.Thinking.AddRange(message.Thinking);
            last.Images.AddRange(message.Images);
            last.Calls.AddRange(message.Calls);
        }
        else
        {
            _messages.Add(message);
        }
    }
}
