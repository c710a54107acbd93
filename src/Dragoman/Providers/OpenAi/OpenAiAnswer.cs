using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>One answer of the server while it is read: object by object.</summary>
internal sealed class OpenAiAnswer(OpenAiClient client, OpenAiErrors errors, AnswerTerms terms, TargetOverrides overrides) : UpstreamAnswer(errors, terms.Model, overrides.IdleTimeout)
{
    /// <summary>The upstream said that this was all.</summary>
    public bool IsDone => Body is OpenAiStream { IsDone: true };

    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    public ValueTask<UpstreamError?> OpenAsync(OpenAiApi api, UpstreamBody body, string? key, CancellationToken cancellationToken) => OpenAsync(async idle =>
    {
        var response = Response = await client.GenerateAsync(api, body.ToContent(), key, overrides, idle);
        if (!response.IsSuccessStatusCode) return errors.FromStatus(response.StatusCode, await OpenAiClient.ReadTextAsync(response, idle), client.RetryAfter(response), terms);
        if (IsWebPage(response)) return errors.WebPage(Model);
        Body = new OpenAiStream(await response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
        return null;
    }, cancellationToken);

    /// <inheritdoc/>
    protected override bool IsPreamble(ReadOnlyMemory<byte> piece) => ResponsesEvent.TryRead(piece) is { IsBeginning: true };

    /// <inheritdoc/>
    protected override UpstreamError? RefusalIn(ReadOnlyMemory<byte> first) => ResponsesEvent.TryRead(first) is { IsError: true } ? errors.FromChunk(first, terms) : null;
}
