using Dragoman.Delivery;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.Http;
using Dragoman.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Tests.Delivery;

/// <summary>Deliveries to scripted upstreams: no HTTP, no sleeping, no chance.</summary>
internal sealed class DeliveryWorld : IAttemptWatch
{
    private readonly (string Name, IProvider Provider)[] _providers;

    /// <summary>Makes one; the targets are <c>NAME/m</c> in the providers' order.</summary>
    public DeliveryWorld(params (string Name, IProvider Provider)[] providers)
    {
        _providers = providers;
        Lanes = new Lanes(Time);
        Breakers = new CircuitBreakers(Time);
        Catalog = new ModelCatalog(new ProviderSet(providers), Time);
    }

    /// <summary>The providers' names.</summary>
    public IEnumerable<string> Names => _providers.Select(provider => provider.Name);

    /// <summary>The clock.</summary>
    public JumpingTime Time { get; } = new();

    /// <summary>The lanes.</summary>
    public Lanes Lanes { get; }

    /// <summary>The breakers.</summary>
    public CircuitBreakers Breakers { get; }

    /// <summary>What models there are.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>What is repeated.</summary>
    public RetryOptions Retries { get; } = new();

    /// <summary>What was tried, in order.</summary>
    public List<string> Tried { get; } = [];

    /// <summary>How long lanes were waited for.</summary>
    public List<TimeSpan> Waited { get; } = [];

    /// <summary>What wasn't asked, and why.</summary>
    public List<string> PassedOver { get; } = [];

    /// <summary>Whose failure the client was told.</summary>
    public Target? Told { get; private set; }

    /// <summary>A request.</summary>
    public static MessagesRequest Request(string text = "hi", bool stream = true) => MessagesParser.Parse(System.Text.Encoding.UTF8.GetBytes(
        $$"""{"model":"m","max_tokens":10,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]}"""));

    /// <summary>Asks for all events.</summary>
    public async Task<List<ReplyEvent>> AskAsync(MessagesRequest? request = null, CancellationToken cancellationToken = default)
    {
        var events = new List<ReplyEvent>();
        await foreach (var step in StreamAsync(request, cancellationToken: cancellationToken)) events.Add(step);
        return events;
    }

    /// <summary>Asks.</summary>
    public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest? request = null, Caller caller = default, CancellationToken cancellationToken = default) =>
        Attempts().StreamAsync(request ?? Request(), [.. _providers.Select(provider => new Target(provider.Name, "m"))], caller, this, cancellationToken);

    /// <summary>What delivers.</summary>
    public Attempts Attempts() => new(new AttemptParts(
        new ProviderSet(_providers), new ContextFit(Catalog, new TokenEstimator(TokenCounterKind.Words, new Calibration())), new RetryPolicy(Retries), Lanes, Breakers, new NoChance(), Time, NullLogger<Attempts>.Instance));

    /// <summary>An upstream that fails with these, one a request, and answers after them.</summary>
    public static ScriptedProvider Failing(params UpstreamError[] errors)
    {
        var left = new Queue<UpstreamError>(errors);
        return new ScriptedProvider((_, _) => SayAsync(left.TryDequeue(out var error) ? [ScriptedProvider.Opened(), ReplyEvent.Failed(error)] : [ScriptedProvider.Opened(), ScriptedProvider.Text("ok"), ScriptedProvider.Done()]));
    }

    /// <summary>The same failure many times.</summary>
    public static ScriptedProvider FailingAlways(UpstreamErrorKind kind, string message = "no") => Failing([.. Enumerable.Repeat(new UpstreamError(kind, message), 1000)]);

    /// <summary>Says these events.</summary>
    public static async IAsyncEnumerable<ReplyEvent> SayAsync(ReplyEvent[] events)
    {
        await Task.Yield();
        foreach (var step in events) yield return step;
    }

    void IAttemptWatch.Trying(Target target) => Tried.Add(target.Provider);

    void IAttemptWatch.Queued(TimeSpan time) => Waited.Add(time);

    void IAttemptWatch.PassedOver(Target target, string reason) => PassedOver.Add($"{target}: {reason}");

    void IAttemptWatch.Told(Target target) => Told = target;

    private sealed class NoChance : IdSource
    {
        public override double Fraction() => 1;
    }
}
