using System.Runtime.CompilerServices;
using System.Text;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Demo;

/// <summary>
/// Answers without any model, so that a newcomer sees a client talk through the gateway within a minute: says that it is the demo, what it received,
/// and how to connect a real model. Asked to "use a tool", it makes one harmless call.
/// </summary>
internal sealed class DemoProvider(ProviderContext context) : IProvider
{
    private const int ContextTokens = 200_000;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prompt = context.Tokens.Estimate(request, target.ToString());
        var inputTokens = prompt.Tokens;
        yield return ReplyEvent.Open(new Opened(default, DemoDegraded.Of(request), prompt));
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        if (DemoToolCall.Choose(request) is { } call)
        {
            yield return ReplyEvent.OfToolCall(new ToolCallStart(context.Ids.Next("toolu_"), call.Tool));
            yield return ReplyEvent.OfToolInput(JsonText.From(call.Input));
            yield return ReplyEvent.Finished(new Finish(StopReason.ToolUse, new Usage(inputTokens, OutputTokens: 20)));
            yield break;
        }

        var answer = DemoText.Answer(request, inputTokens);
        foreach (var piece in Pieces(answer)) yield return ReplyEvent.OfText(JsonText.From(piece));
        yield return ReplyEvent.Finished(new Finish(StopReason.EndTurn, new Usage(inputTokens, Tokens.WordCounter.Count(Encoding.UTF8.GetBytes(answer)))));
    }

    /// <inheritdoc/>
    public Pricing PricingOf(Target target) => Pricing.Local;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ModelInfo>>(
        [new ModelInfo { Name = ProviderSet.DemoName, Tools = true, MaxInputTokens = ContextTokens, MaxOutputTokens = ContextTokens }]);

    /// <inheritdoc/>
    public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => ValueTask.FromResult<int?>(null);

    // Word by word, as a model would.
    private static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf(' ', start);
            end = end < 0 ? text.Length : end + 1;
            yield return text[start..end];
            start = end;
        }
    }
}
