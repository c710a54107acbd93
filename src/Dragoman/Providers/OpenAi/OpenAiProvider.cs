using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Messages;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Media;
using Dragoman.Providers.OpenAi.Request;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>
/// OpenAI's APIs, <c>/chat/completions</c> and <c>/responses</c>, and the many servers that speak them. All I/O of the provider is here; what is sent and what
/// is made of the answer are the translators', what differs between servers is the dialect's.
/// </summary>
internal sealed class OpenAiProvider : IProvider
{
    // Counting is a convenience: Claude Code asks often and goes on with an estimate.
    private static readonly TimeSpan CountTimeout = TimeSpan.FromSeconds(2);

    // What an estimate may be short of the real size: the eighth part of it.
    private const int EstimateMargin = 8;

    private readonly ProviderContext _context;
    private readonly OpenAiSettings _settings;
    private readonly Uri _address;
    private readonly OverrideTable _overrides;
    private readonly KeyRing _keys;
    private readonly OpenAiErrors _errors;
    private readonly OpenAiClient _client;
    private readonly OpenAiModels _models;
    private readonly MediaResolver _media;

    /// <summary>Reads the provider's settings.</summary>
    /// <exception cref="ConfigException">They are wrong.</exception>
    public OpenAiProvider(ProviderContext context)
    {
        _context = context;
        _settings = OpenAiSettings.Read(context.Name, context.Settings);
        var address = _address = _settings.BaseAddress(context.Name);
        var dialect = OpenAiDialects.Named(_settings.Dialect ?? "") ?? OpenAiDialects.At(address);
        if (dialect == OpenAiDialects.Generic) dialect = OpenAiDialects.Named(context.Name) ?? dialect;
        _overrides = OverrideTable.Of(context.Name, _settings, context.IdleTimeout);
        _keys = new KeyRing(context, _settings.Keys(context.Name, address));
        _errors = new OpenAiErrors(context.Name, address, _keys.HasKeys);
        _client = new OpenAiClient(context.Http, address, _keys, _overrides.General, _errors, context.Time);
        _models = new OpenAiModels(_client, _settings, dialect, address, context.Time);
        _media = new MediaResolver(context.Options);
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
        var (terms, sent) = await PrepareAsync(RequestOverrides.Apply(request, overrides), target, overrides, body, cancellationToken);
        yield return ReplyEvent.Open(new Opened(body.Bytes, sent.Degraded, terms.Prompt));
        await using var answer = new OpenAiAnswer(_client, _errors, terms, overrides);
        if (await _keys.OpenAsync(request, target.Model, key => answer.OpenAsync(sent.Dialect.Api, body, key, cancellationToken), () => answer.RefusalAsync(cancellationToken)) is { } error)
        {
            yield return ReplyEvent.Failed(error);
            yield break;
        }

        IAnswerTranslator translator = sent.Dialect.Api == OpenAiApi.Responses ? new ResponsesTranslator(terms, _errors, _context.Ids) : new ChatTranslator(terms, _errors, _context.Ids);
        var events = new List<ReplyEvent>();
        while (!translator.Ended)
        {
            events.Clear();
            var (chunk, broken) = await answer.ReadAsync(cancellationToken);
            if (chunk is { } bytes) translator.Next(bytes, events);
            else if (broken is null || translator.HasEnding) translator.EndOfStream(answer.IsDone, events);
            else events.Add(ReplyEvent.Failed(broken));
            foreach (var step in events) yield return step;
            if (broken is not null) yield break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken)
    {
        var isSet = _settings.Concurrency is not null || _settings.Of(target.Model)?.Concurrency is not null;
        return _settings.LaneOf(target, isSet ? null : await _models.SlotsAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public Pricing PricingOf(Target target) =>
        _overrides.For(target.Model).PricingOver(_models.PriceOf(target.Model), otherwise: _address.IsLoopback ? Pricing.Local : Pricing.Unknown);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => await _models.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CountTimeout);
        try
        {
            using var body = new UpstreamBody();
            var overrides = _overrides.For(target.Model);
            var (_, sent) = await PrepareAsync(RequestOverrides.Apply(request, overrides), target, overrides, body, limit.Token);
            return await TokenCount.AskAsync(_client, sent.Dialect, target.Model, body.Bytes, limit.Token);
        }
        catch (Exception failed) when (failed is UpstreamException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // An estimate does.
            return null;
        }
    }

    private async ValueTask<(AnswerTerms Terms, OpenAiRequest Sent)> PrepareAsync(MessagesRequest request, Target target, TargetOverrides overrides, UpstreamBody body, CancellationToken cancellationToken)
    {
        var server = await _models.GetAsync(cancellationToken);
        var model = server.Find(target.Model);
        var own = _settings.Of(target.Model);
        var dialect = OpenAiDialects.Named(own?.Dialect ?? "") ?? server.Dialect;
        if (_settings.Api is { } api && own?.Dialect is null) dialect = Speaking(dialect, api);
        // What a list doesn't say of images says nothing against them.
        var seesImages = own?.Vision ?? true;
        var resolved = await _media.ResolveAsync(request, seesImages, cancellationToken, readsPdfs: dialect.For(target.Model).Files);
        var prompt = _context.Tokens.Estimate(resolved, target.ToString());
        var context = own?.ContextTokens ?? model?.MaxInputTokens;
        var options = new OpenAiRequestOptions(target.Provider, target.Model)
        {
            ThinkingUnsupported = _context.Options.ThinkingUnsupported,
            SeesImages = seesImages,
            OutputLimit = own?.OutputTokens ?? model?.MaxOutputTokens,
            Room = context is { } size ? size - prompt.Tokens - (prompt.Tokens / EstimateMargin) : null,
            CacheKey = CacheKey(request),
            SendUser = _settings.SendUser,
        };
        var sent = overrides.WriteBody(body.Writer, output => OpenAiRequestTranslator.Translate(resolved, target.Model, dialect, options, output));
        var terms = new AnswerTerms(resolved, sent.Offer, target.Model, prompt)
        {
            MaxTokens = sent.MaxTokens,
            ContextTokens = context,
            WatchedStops = sent.WatchedStops,
            ClientName = sent.Names.ToClient,
            ReadsThinkTags = sent.Dialect.ThinkTags,
        };
        return (terms, sent);
    }

    private static OpenAiDialect Speaking(OpenAiDialect dialect, OpenAiApi api)
    {
        if (dialect.Api == api) return dialect;
        return api == OpenAiApi.Responses ? OpenAiDialects.GenericResponses : OpenAiDialects.Generic;
    }

    // One session, one cache. The client's own words go to nobody.
    private static string? CacheKey(MessagesRequest request)
    {
        const int length = 32;
        return request.Session.Owner is { } owner ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..length] : null;
    }
}
