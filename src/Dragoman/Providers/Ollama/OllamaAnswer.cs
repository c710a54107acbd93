using System.Net;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Ollama;

/// <summary>One answer of the server while it is read: line by line.</summary>
internal sealed class OllamaAnswer(OllamaClient client, OllamaErrors errors, string model, TargetOverrides overrides) : UpstreamAnswer(errors, model, overrides.IdleTimeout)
{
    private LineReader? _lines;

    /// <summary>Sends the request and waits for the answer's headers, which come with the first chunk: the model loads and reads the prompt before. Again for another key.</summary>
    public ValueTask<UpstreamError?> OpenAsync(UpstreamBody body, string? key, PromptSize prompt, CancellationToken cancellationToken) => OpenAsync(async idle =>
    {
        var response = Response = await client.ChatAsync(body, key, overrides, idle);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return errors.FromStatus(response.StatusCode, await OllamaClient.ReadTextAsync(response, idle), OllamaClient.RetryAfter(response), Model, prompt);
        }

        Body = _lines = new LineReader(await response.Content.ReadAsStreamAsync(cancellationToken), overrides.IdleTimeout, cancellationToken);
        return null;
    }, cancellationToken);

    /// <summary>The next line, if it is there already: many come at once from a fast upstream.</summary>
    public bool TryReadLine(out ReadOnlyMemory<byte> line) => _lines!.TryReadLine(out line);
}
