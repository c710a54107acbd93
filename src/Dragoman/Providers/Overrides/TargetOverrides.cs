using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Overrides;

/// <summary>What the configuration changes of requests for one model: the provider's settings with the model's over them.</summary>
internal sealed record TargetOverrides
{
    /// <summary>Headers of the upstream's request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Objects whose fields go over those of the upstream's request, the later ones over the earlier.</summary>
    public IReadOnlyList<JsonElement> Body { get; init; } = [];

    /// <summary>What counts as the client's <c>temperature</c>; null: what it says.</summary>
    public SampleSetting? Temperature { get; init; }

    /// <summary>What counts as the client's <c>top_p</c>; null: what it says.</summary>
    public SampleSetting? TopP { get; init; }

    /// <summary>What counts as the client's <c>top_k</c>; null: what it says.</summary>
    public SampleSetting? TopK { get; init; }

    /// <summary>The most that counts as the client's <c>max_tokens</c>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Text at the end of the system prompt; empty for none.</summary>
    public JsonText System { get; init; }

    /// <summary>How long the upstream may be silent.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>How long the first event may take; null: as long as the upstream isn't silent.</summary>
    public TimeSpan? FirstEventTimeout { get; init; }

    /// <summary>What the configuration says that the model costs; null: nothing.</summary>
    public PriceSettings? Price { get; init; }

    /// <summary>Something of the Messages request changes.</summary>
    public bool ChangesRequest => Temperature is not null || TopP is not null || TopK is not null || MaxTokens is not null || !System.IsEmpty;

    /// <summary>What is known of the model's price: what the configuration says, else what the upstream tells.</summary>
    /// <param name="told">What the upstream tells; null: nothing.</param>
    /// <param name="otherwise">What is known where neither says anything.</param>
    public Pricing PricingOver(ModelPrice? told, Pricing otherwise)
    {
        if (Price is { } own) return Pricing.Of(own.Over(told));
        return told is null ? otherwise : Pricing.Of(told);
    }

    /// <summary>Puts the headers into a request, in place of those of the same name.</summary>
    public void WriteHeaders(HttpRequestMessage request)
    {
        foreach (var (name, value) in Headers)
        {
            // One that describes the body is refused among the others, which throw when they are asked for its name.
            var headers = request.Headers.TryAddWithoutValidation(name, value) ? request.Headers : (HttpHeaders?)request.Content?.Headers;
            headers?.Remove(name);
            headers?.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Writes a body with the configured fields in it.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="write">Writes it without them.</param>
    public T WriteBody<T>(IBufferWriter<byte> output, Func<IBufferWriter<byte>, T> write)
    {
        if (Body.Count == 0) return write(output);
        using var plain = new PooledBuffer();
        var written = write(plain);
        Change(plain.Written, output);
        return written;
    }

    /// <summary>A body with the configured fields in it; the same one when there are none.</summary>
    public ReadOnlyMemory<byte> ChangeBody(ReadOnlyMemory<byte> body)
    {
        if (Body.Count == 0) return body;
        var changed = new ArrayBufferWriter<byte>(body.Length);
        Change(body, changed);
        return changed.WrittenMemory;
    }

    private void Change(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        var fields = BodyFields.Read(body);
        foreach (var layer in Body) fields.Merge(layer);
        fields.Write(output);
    }
}
