using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Media;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;
using Dragoman.Tokens;

namespace Dragoman.Providers.Ollama;

/// <summary>
/// Ollama's native API, <c>/api/chat</c>: the only one of its three that takes a context size and can be told not to cut the prompt. All I/O of the provider
/// is here; what is sent and what is made of the answer are the translators'.
/// </summary>
internal sealed class OllamaProvider : ILocalModels
{
    private readonly ProviderContext _context;
    private readonly OllamaErrors _errors;
    private readonly OverrideTable _overrides;
    private readonly KeyRing _keys;
    private readonly OllamaClient _client;
    private readonly OllamaModels _models;
    private readonly RequestTranslator _translator;
    private readonly MediaResolver _media;
    private readonly OllamaMemory _memory;
    private readonly OllamaPull _pull;

    // Null: a model that isn't there is not downloaded.
    private readonly MissingModels? _missing;
    private readonly OllamaSettings _settings;
    private readonly Uri _address;
    private readonly PrefillSpeed _prefill = new();

    /// <summary>Reads the provider's settings.</summary>
    /// <exception cref="ConfigException">They are wrong.</exception>
    public OllamaProvider(ProviderContext context)
    {
        _context = context;
        var settings = _settings = OllamaSettings.Read(context.Name, context.Settings);
        var address = _address = settings.BaseAddress();
        _errors = new OllamaErrors(context.Name, address);
        _overrides = OverrideTable.Of(context.Name, settings, context.IdleTimeout);
        _keys = new KeyRing(context, settings.Keys(context.Name, address));
        _client = new OllamaClient(context.Http, address, _keys, _overrides.General, _errors);
        _models = new OllamaModels(_client, settings, context.Name, context.Time);
        _translator = new RequestTranslator(context.Options, settings);
        _media = new MediaResolver(context.Options);
        _memory = new OllamaMemory(_client, _models, settings, _overrides, _errors, context.IdleTimeout);
        _pull = new OllamaPull(_client, _errors, context.IdleTimeout);
        _missing = settings.AutoPull ? new MissingModels(_pull, context.Name, context.Time, context.Log) : null;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken)
    {
        var overrides = _overrides.For(target.Model);
        return FirstEventDeadline.Keep(overrides.FirstEventTimeout, target, _context.Time, token => AnswerAsync(request, target, overrides, token), cancellationToken);
    }

    private async IAsyncEnumerable<ReplyEvent> AnswerAsync(MessagesRequest request, Target target, TargetOverrides overrides, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var body = new UpstreamBody();
        var (prepared, refused) = await PrepareAsync(RequestOverrides.Apply(request, overrides), target, overrides, body, cancellationToken);
        if (prepared is null)
        {
            yield return ReplyEvent.Failed(refused!);
            yield break;
        }

        yield return ReplyEvent.Open(new Opened(body.Bytes, prepared.Chat.Degraded, prepared.Estimate));
        await using var answer = new OllamaAnswer(_client, _errors, target.Model, overrides);
        if (await _keys.OpenAsync(request, target.Model, key => answer.OpenAsync(body, key, prepared.Prompt, cancellationToken)) is { } error)
        {
            if (error.Kind == UpstreamErrorKind.ModelNotFound) _models.Forget(target.Model);
            yield return ReplyEvent.Failed(error);
            yield break;
        }

        var translator = new StreamTranslator(prepared.Request, prepared.Chat, prepared.Prompt, target.Model, _errors, _context.Ids);
        var events = new List<ReplyEvent>();
        while (!translator.Ended)
        {
            events.Clear();
            if (answer.TryReadLine(out var ready))
            {
                translator.Next(ready, events);
            }
            else
            {
                var (line, broken) = await answer.ReadAsync(cancellationToken);
                if (broken is not null) translator.Break(broken, events);
                else if (line is { } text) translator.Next(text, events);
                else translator.EndOfStream(events);
            }

            foreach (var step in events) yield return step.Kind == ReplyEventKind.Finished ? WithCache(step.Finish, target) : step;
        }
    }

    /// <inheritdoc/>
    public ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken) => ValueTask.FromResult(_settings.LaneOf(target, _address));

    /// <inheritdoc/>
    public Pricing PricingOf(Target target)
    {
        var isCloud = _models.IsCloud(target.Model) || UpstreamHost.IsWithin(_address, "ollama.com");
        return _overrides.For(target.Model).PricingOver(told: null, isCloud ? Pricing.Unknown : Pricing.Local);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => await _models.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) =>
        // Ollama has no tokenizer endpoint (ollama/ollama#3582).
        ValueTask.FromResult<int?>(null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LoadedModel>> ListLoadedAsync(CancellationToken cancellationToken) => _memory.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<PullProgress> PullAsync(string model, CancellationToken cancellationToken) => _pull.RunAsync(model, cancellationToken);

    /// <inheritdoc/>
    public ValueTask LoadAsync(string model, CancellationToken cancellationToken) => _memory.LoadAsync(model, cancellationToken);

    /// <inheritdoc/>
    public ValueTask UnloadAsync(string model, CancellationToken cancellationToken) => _memory.UnloadAsync(model, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ServerVersion?> VersionAsync(CancellationToken cancellationToken)
    {
        using var answer = await _client.AskAsync("api/version", body: null, model: "", cancellationToken);
        return OllamaVersion.Read(answer.RootElement);
    }

    private async ValueTask<(Prepared? Ready, UpstreamError? Refused)> PrepareAsync(MessagesRequest request, Target target, TargetOverrides overrides, UpstreamBody body, CancellationToken cancellationToken)
    {
        try
        {
            var model = await FindAsync(target.Model, cancellationToken);
            var context = _models.ContextOf(model);
            var resolved = await _media.ResolveAsync(request, model.Sees, cancellationToken);
            var chat = overrides.WriteBody(body.Writer, output => _translator.Translate(resolved, model, context, output));
            var estimate = _context.Tokens.Estimate(resolved, target.ToString());
            return (new Prepared(resolved, chat, estimate, new PromptSize(estimate.Tokens, context ?? model.TrainedContext ?? 0)), null);
        }
        catch (UpstreamException unknown)
        {
            return (null, unknown.Error);
        }
    }

    private async ValueTask<OllamaModel> FindAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return await _models.GetAsync(model, cancellationToken);
        }
        catch (UpstreamException missing) when (missing.Error.Kind == UpstreamErrorKind.ModelNotFound && _missing is not null)
        {
            // Takes minutes. The client is sent pings meanwhile, as while a model loads.
            await _missing.FetchAsync(model, cancellationToken);
            return await _models.GetAsync(model, cancellationToken);
        }
    }

    private ReplyEvent WithCache(Finish finish, Target target)
    {
        if (finish.Timings is not { } timings) return ReplyEvent.Finished(finish);
        return ReplyEvent.Finished(finish with { Timings = timings with { CachedShare = _prefill.CachedShare(target.Model, finish.Usage.InputTokens, timings.Prefill) } });
    }

    private sealed record Prepared(MessagesRequest Request, ChatRequest Chat, PromptEstimate Estimate, PromptSize Prompt);
}
