using System.Net;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini;

/// <summary>One answer of the API while it is read: chunk by chunk.</summary>
internal sealed class GeminiAnswer(GeminiClient client, GeminiErrors errors, string model, TargetOverrides overrides) : UpstreamAnswer(errors, model, overrides.IdleTimeout)
{
    /// <summary>Sends the request and waits for the answer's headers. Again for another key.</summary>
    public ValueTask<UpstreamError?> OpenAsync(ReadOnlyMemory<byte> body, string? key, CancellationToken cancellationToken) => OpenAsync(async idle =>
    {
        var response = Response = await client.GenerateAsync(Model, body, key, overrides, idle);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return errors.FromStatus(response.StatusCode, await GeminiClient.ReadTextAsync(response, idle), GeminiClient.RetryAfter(response), Model);
        }

        if (IsWebPage(response)) return errors.WebPage(Model);
        Body = new GeminiStream(await response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
        return null;
    }, cancellationToken);

    /// <inheritdoc/>
    protected override UpstreamError? RefusalIn(ReadOnlyMemory<byte> first) => GeminiErrors.IsError(first) ? errors.FromChunk(first, Model) : null;
}
