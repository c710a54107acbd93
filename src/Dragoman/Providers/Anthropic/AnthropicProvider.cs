using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Anthropic;

/// <summary>
/// Anthropic's own API, and servers elsewhere that speak it: requests and answers are passed on byte for byte. Only the model's name and the key are replaced,
/// and what another model left in the history, where Anthropic would refuse it. All I/O of the provider is here.
/// </summary>
internal sealed class AnthropicProvider : IPassThrough
{
    private const string MessagesPath = "v1/messages";
    private const string CountPath = "v1/messages/count_tokens";

    private readonly ProviderContext _context;
    private readonly Uri _address;
    private readonly OverrideTable _overrides;
    private readonly AnthropicClient _client;
    private readonly AnthropicModels _models;
    private readonly SignatureTrust _trust;
    private readonly AnthropicSettings _settings;

    /// <summary>Reads the provider's settings.</summary>
    /// <exception cref="ConfigException">They are wrong.</exception>
    public AnthropicProvider(ProviderContext context)
    {
        _context = context;
        var settings = _settings = AnthropicSettings.Read(context);
        _address = settings.BaseAddress();
        _trust = AnthropicHost.IsAnthropic(_address) ? SignatureTrust.Anthropic : SignatureTrust.Anyone;
        _overrides = OverrideTable.Of(context.Name, settings, context.IdleTimeout);
        _client = new AnthropicClient(context, _address, settings, _overrides);
        _models = new AnthropicModels(_client, new AnthropicErrors(context.Name, _address));
    }

    /// <inheritdoc/>
    public bool TakesClaudeNames => AnthropicHost.HasClaude(_address);

    /// <inheritdoc/>
    public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken)
    {
        var overrides = _overrides.For(target.Model);
        return FirstEventDeadline.Keep(overrides.FirstEventTimeout, target, _context.Time, token => AnswerAsync(request, target, overrides, token), cancellationToken);
    }

    private async IAsyncEnumerable<ReplyEvent> AnswerAsync(MessagesRequest request, Target target, TargetOverrides overrides, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var errors = new AnthropicErrors(target.ToString(), _address);
        using var body = new UpstreamBody();
        yield return Opened(PassedRequest.Write(request, target.Model, _trust, overrides, counting: false, body.Writer), body);
        var answer = new AnthropicAnswer(_client, errors, overrides);
        await using var first = answer;
        var error = await _client.OpenAsync(request, target.Model, key => first.OpenAsync(MessagesPath, body, request.Client, key, cancellationToken), () => first.RefusalAsync(cancellationToken));
        using var other = new UpstreamBody();
        await using var second = new AnthropicAnswer(_client, errors, overrides);
        if (error is not null && AnthropicErrors.IsForeignThinking(error)
            && PassedRequest.Write(request, target.Model, SignatureTrust.Nobody, overrides, counting: false, other.Writer) is { ChangesHistory: true } cleaned)
        {
            // Nobody but the upstream can tell whose a signature is.
            yield return Opened(cleaned, other);
            answer = second;
            error = await _client.OpenAsync(request, target.Model, key => second.OpenAsync(MessagesPath, other, request.Client, key, cancellationToken), () => second.RefusalAsync(cancellationToken));
        }

        var model = _context.Options.ReturnRealModel || target.Model == request.Model ? null : request.Model;
        if (error is not null) yield return ReplyEvent.Failed(error);
        else if (answer.IsStream) await foreach (var step in PassAsync(answer, new PassedStream(model, answer.Head, errors), cancellationToken)) yield return step;
        else if (request.Stream) yield return ReplyEvent.Failed(await NoStreamAsync(answer, errors, cancellationToken));
        else foreach (var step in await WholeAsync(answer, model, errors, cancellationToken)) yield return step;
    }

    /// <inheritdoc/>
    public ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_settings.LaneOf(target));

    /// <inheritdoc/>
    public Pricing PricingOf(Target target)
    {
        var unsaid = AnthropicHost.IsAnthropic(_address) ? Pricing.OfClient : _address.IsLoopback ? Pricing.Local : Pricing.Unknown;
        return _overrides.For(target.Model).PricingOver(told: null, unsaid);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => _models.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) =>
        // Asked only where CountAsync has found that the upstream doesn't count.
        ValueTask.FromResult<int?>(null);

    /// <inheritdoc/>
    public async ValueTask<PassedAnswer?> CountAsync(MessagesRequest request, Target target, CancellationToken cancellationToken)
    {
        var errors = new AnthropicErrors(target.ToString(), _address);
        var overrides = _overrides.For(target.Model);
        using var body = new UpstreamBody();
        PassedRequest.Write(request, target.Model, _trust, overrides, counting: true, body.Writer);
        await using var answer = new AnthropicAnswer(_client, errors, overrides);
        var error = await _client.OpenAsync(request, target.Model, key => answer.OpenAsync(CountPath, body, request.Client, key, cancellationToken));
        // Ollama and others have no such path, and say so in forms of their own.
        if (error is { Kind: UpstreamErrorKind.ModelNotFound, Passed: null }) return null;
        if (error is not null) throw new UpstreamException(error);
        var (counted, broken) = await answer.ReadAllAsync(cancellationToken);
        return broken is null ? new PassedAnswer(counted, answer.Head) : throw new UpstreamException(broken);
    }

    /// <inheritdoc/>
    public ValueTask<ModelInfo?> FindModelAsync(string name, CancellationToken cancellationToken) => _models.FindAsync(name, cancellationToken);

    private static ReplyEvent Opened(PassedRequest request, UpstreamBody body) => ReplyEvent.Open(new Opened(body.Bytes, request.Degraded, default) { Passes = true });

    private async IAsyncEnumerable<ReplyEvent> PassAsync(AnthropicAnswer answer, PassedStream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!stream.Ended)
        {
            var (frame, broken) = await answer.ReadAsync(cancellationToken);
            if (broken is not null)
            {
                yield return ReplyEvent.Failed(broken);
                yield break;
            }

            if (frame is null) break;
            if (stream.Next(frame.Value) is not { } step) continue;
            yield return step;
            if (step.Kind == ReplyEventKind.Failed) yield break;
        }

        if (stream.Ended) await answer.EndAsync(_context.Time, cancellationToken);
        yield return stream.End();
    }

    private static async ValueTask<IReadOnlyList<ReplyEvent>> WholeAsync(AnthropicAnswer answer, string? model, AnthropicErrors errors, CancellationToken cancellationToken)
    {
        var (body, broken) = await answer.ReadAllAsync(cancellationToken);
        return broken is null ? WholeMessage.Read(body, model, answer.Head, errors) : [ReplyEvent.Failed(broken)];
    }

    // A stream was asked for; what came instead is an error with a good status, or no Anthropic API at all.
    private static async ValueTask<UpstreamError> NoStreamAsync(AnthropicAnswer answer, AnthropicErrors errors, CancellationToken cancellationToken)
    {
        var (body, broken) = await answer.ReadAllAsync(cancellationToken);
        if (broken is not null) return broken;
        var refused = WholeMessage.Read(body, model: null, answer.Head, errors)[0];
        return refused.Kind == ReplyEventKind.Failed ? refused.Error : errors.Unreadable("a whole message in place of a stream");
    }
}
