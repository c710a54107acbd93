using System.Buffers;
using System.Collections.Frozen;
using Dragoman.Messages;
using Dragoman.Providers.Overrides;

namespace Dragoman.Providers.Anthropic;

/// <summary>A request as it is passed on.</summary>
/// <param name="Degraded">What had to be changed, as <c>field=how</c>.</param>
internal sealed record PassedRequest(IReadOnlyList<string> Degraded)
{
    // What the upstream's count takes; a question for the size is refused for anything else, as max_tokens.
    private static readonly FrozenSet<string> Counted = FrozenSet.Create(
        StringComparer.Ordinal,
        "cache_control", "compaction", "context_management", "mcp_servers", "messages", "model", "output_config", "output_format", "speed", "system", "thinking", "tool_choice", "tools");

    /// <summary>Something of the history was foreign to the upstream.</summary>
    public bool ChangesHistory { get; init; }

    /// <summary>
    /// Writes the client's body with the upstream's name of the model, a history that the upstream takes, and what the configuration changes; every other value is the
    /// client's, byte for byte. Pure.
    /// </summary>
    public static PassedRequest Write(MessagesRequest request, string model, SignatureTrust trust, TargetOverrides overrides, bool counting, IBufferWriter<byte> output)
    {
        if (!overrides.ChangesRequest && overrides.Body.Count == 0) return Write(request, model, trust, output);
        using var plain = new PooledBuffer();
        var passed = Write(request, model, trust, plain);
        var fields = BodyFields.Read(plain.Written);
        var changed = RequestOverrides.Apply(fields, overrides, counting);
        foreach (var layer in overrides.Body) fields.Merge(layer, counting ? Counted : null);
        fields.Write(output);
        return passed with { Degraded = [.. passed.Degraded, .. changed] };
    }

    private static PassedRequest Write(MessagesRequest request, string model, SignatureTrust trust, IBufferWriter<byte> output)
    {
        var rename = model == request.Model ? null : model;
        // Only an assistant's messages can be foreign. What couldn't be parsed may have some.
        var hasHistory = request.Fault is not null || request.Messages.Any(message => message.Role == Role.Assistant);
        if (rename is null && !hasHistory)
        {
            output.Write(request.Body.Span);
            return new PassedRequest([]);
        }

        var rewriting = new RequestRewriting(request.Body, rename, trust);
        rewriting.Run();
        rewriting.Edits.Write(output);
        return new PassedRequest([.. rewriting.Degraded]) { ChangesHistory = rewriting.Degraded.Count > 0 };
    }
}
