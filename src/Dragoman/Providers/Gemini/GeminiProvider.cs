using System.Runtime.CompilerServices;
using Dragoman.Messages;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Providers.Keys;
using Dragoman.Providers.Media;
using Dragoman.Providers.Overrides;
using Dragoman.Replies;

namespace Dragoman.Providers.Gemini;

/// <summary>
/// Gemini by <c>generateContent</c>, on Vertex AI and on the Gemini Developer API. All I/O of the provider is here; what is sent and what is made of the answer
/// are the translators'.
/// </summary>
internal sealed class GeminiProvider : IProvider
{
    // Counting is a convenience: Claude Code asks often and goes on with an estimate.
    private static readonly TimeSpan CountTimeout = TimeSpan.FromSeconds(2);

    private readonly ProviderContext _context;
    private readonly OverrideTable _overrides;
    private readonly KeyRing _keys;
    private readonly GeminiErrors _errors;
    private readonly GeminiClient _client;
    private readonly GeminiModels _models;
    private readonly MediaResolver _media;
    private readonly GeminiRequestOptions _options;
    private readonly GeminiSettings _settings;
    private readonly SignatureStore _signatures = new();

    /// <summary>Reads the provider's settings.</summary>
    /// <exception cref="ConfigException">They are wrong.</exception>
    public GeminiProvider(ProviderContext context)
    {
        _context = context;
        var settings = _settings = GeminiSettings.Read(context.Name, context.Settings);
        var (address, credential, keys, errors) = GeminiAccess.Of(context, settings, GoogleEnvironment.OfMachine);
        (_keys, _errors) = (keys, errors);
        _overrides = OverrideTable.Of(context.Name, settings, context.IdleTimeout);
        _client = new GeminiClient(context.Http, address, credential, keys, _overrides.General, errors);
        _models = new GeminiModels(_client, settings, address.Flavour, context.Time);
        _media = new MediaResolver(context.Options);
        _options = new GeminiRequestOptions(address.Flavour, settings.Safety, settings.UserLabels, context.Name, ThinkingUnsupported: context.Options.ThinkingUnsupported);
    }

    /// <inheritdoc/>
    public bool TakesClaudeNames => true;

    /// <inheritdoc/>
    public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) =>
        _overrides.HasFirstEventTimeouts ? InTimeAsync(request, target, cancellationToken) : AnswerAsync(request, target, cancellationToken);

    // Which model it is, and so its limit, may have to be asked first.
    private async IAsyncEnumerable<ReplyEvent> InTimeAsync(MessagesRequest request, Target target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var limit = _overrides.For((await _models.GetAsync(target.Model, cancellationToken)).Id).FirstEventTimeout;
        await foreach (var step in FirstEventDeadline.Keep(limit, target, _context.Time, token => AnswerAsync(request, target, token), cancellationToken)) yield return step;
    }

    private async IAsyncEnumerable<ReplyEvent> AnswerAsync(MessagesRequest request, Target target, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var terms = await PrepareAsync(request, target, cancellationToken);
        var overrides = _overrides.For(terms.Model);
        yield return ReplyEvent.Open(new Opened(terms.Sent.Body, terms.Sent.Degraded, terms.Prompt));
        var events = new List<ReplyEvent>();
        while (true)
        {
            var translator = new StreamTranslator(terms, _errors, _context.Ids, (id, signature) => _signatures.Put(terms.Model, id, signature));
            await using var answer = new GeminiAnswer(_client, _errors, terms.Model, overrides);
            if (await _keys.OpenAsync(request, terms.Model, key => answer.OpenAsync(terms.Sent.Body, key, cancellationToken), () => answer.RefusalAsync(cancellationToken)) is { } error)
            {
                yield return ReplyEvent.Failed(error);
                yield break;
            }

            while (!translator.Ended)
            {
                events.Clear();
                var (chunk, broken) = await answer.ReadAsync(cancellationToken);
                if (chunk is { } bytes) translator.Next(bytes, events);
                else if (broken is null || translator.HasEnding) translator.EndOfStream(events);
                else events.Add(ReplyEvent.Failed(broken));
                foreach (var step in events) yield return step;
                if (broken is not null) yield break;
            }

            if (!translator.WantsRetry) yield break;
            terms = terms with { IsRetry = true };
        }
    }

    /// <inheritdoc/>
    public ValueTask<LaneLimit?> LaneOfAsync(Target target, CancellationToken cancellationToken) => ValueTask.FromResult(_settings.LaneOf(target));

    /// <inheritdoc/>
    public Pricing PricingOf(Target target) => _overrides.For(_models.NameOf(target.Model)).PricingOver(told: null, Pricing.Unknown);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => await _models.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CountTimeout);
        try
        {
            var terms = await PrepareAsync(request, target, limit.Token);
            return await TokenCount.AskAsync(_client, _options.Flavour, terms.Model, terms.Sent.Body, limit.Token);
        }
        catch (Exception failed) when (failed is UpstreamException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // An estimate does.
            return null;
        }
    }

    private async ValueTask<AnswerTerms> PrepareAsync(MessagesRequest request, Target target, CancellationToken cancellationToken)
    {
        var model = await _models.GetAsync(target.Model, cancellationToken);
        var overrides = _overrides.For(model.Id);
        var resolved = await _media.ResolveAsync(RequestOverrides.Apply(request, overrides), seesImages: true, cancellationToken, readsPdfs: true);
        var options = _options with { Target = target.Model };
        var sent = GeminiRequestTranslator.Translate(resolved, model, options, id => _signatures.Find(model.Id, id));
        sent = sent with { Body = overrides.ChangeBody(sent.Body) };
        return new AnswerTerms(resolved, sent, model.Id, _context.Tokens.Estimate(resolved, target.ToString()));
    }
}
