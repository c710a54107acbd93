using System.Runtime.CompilerServices;
using Dragoman.Messages;

namespace Dragoman.Tokens;

/// <summary>Adds up a request's tokens by the word rule: system, tools, messages, images and documents.</summary>
internal static class PromptCounter
{
    // Ollama counts an image as 768 tokens when it trims a prompt; vision models use from 256 to about 1,600.
    private const int TokensPerImage = 768;

    // Anthropic counts 1,500 to 3,000 tokens a page; a page of text takes some 50 kB in a PDF.
    private const int MinPdfTokens = 1500;
    private const int PdfBytesPerToken = 30;

    // Role markers and separators of a chat template.
    private const int TokensPerMessage = 4;

    // An agent's tools are the same list from turn to turn (KnownTools) and most of its prompt's beginning.
    private static readonly ConditionalWeakTable<IReadOnlyList<Tool>, StrongBox<int>> ToolTokens = [];

    /// <summary>Tokens of the whole prompt.</summary>
    public static int Count(MessagesRequest request)
    {
        var tokens = 0;
        foreach (var block in request.System) tokens += WordCounter.Count(block.Text.Escaped.Span);
        tokens += ToolTokens.GetValue(request.Tools, Count).Value;
        foreach (var message in request.Messages) tokens += TokensPerMessage + Count(message.Content);
        return tokens;
    }

    // A tool that is hidden until it is searched for costs nothing yet.
    private static StrongBox<int> Count(IReadOnlyList<Tool> tools) => new(tools.Sum(tool => tool.DeferLoading ? 0 : WordCounter.Count(tool.Raw.Span)));

    /// <summary>Tokens of some blocks.</summary>
    public static int Count(IReadOnlyList<ContentBlock> blocks)
    {
        var tokens = 0;
        foreach (var block in blocks) tokens += Count(block);
        return tokens;
    }

    private static int Count(ContentBlock block) => block switch
    {
        TextBlock text => WordCounter.Count(text.Text.Escaped.Span),
        ImageBlock => TokensPerImage,
        DocumentBlock document => Count(document.Source),
        SearchResultBlock search => Count(search.Content),
        ToolUseBlock call => WordCounter.Count(call.Input.Span) + 2,
        ToolResultBlock result => Count(result.Content),
        ThinkingBlock thinking => WordCounter.Count(thinking.Thinking.Escaped.Span),
        ServerToolUseBlock call => WordCounter.Count(call.Input.Span) + 2,
        ServerToolResultBlock result => WordCounter.Count(result.Content.Span),
        CompactionBlock { Content: { } summary } => WordCounter.Count(summary.Escaped.Span),
        OtherBlock other => WordCounter.Count(other.Raw.Span),
        _ => 0,
    };

    private static int Count(MediaSource source) => source switch
    {
        TextSource text => WordCounter.Count(text.Data.Escaped.Span),
        BlocksSource blocks => Count(blocks.Content),
        Base64Source pdf => Math.Max(MinPdfTokens, pdf.Data.Escaped.Length / 4 * 3 / PdfBytesPerToken),
        _ => MinPdfTokens,
    };
}
