using System.Security.Cryptography;
using System.Text;
using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.Keys;

/// <summary>
/// A provider's keys. A session keeps its key, because prompt caches belong to the key's account; sessions are spread over the keys. A key that is rate-limited for a model
/// rests for it, and the request goes on with the next key at once. One key alone never rests: whether it is worth asking is then the upstream's to say.
/// A key is never logged, only its position.
/// </summary>
internal sealed partial class KeyRing
{
    // Limits are counted by the minute almost everywhere.
    private static readonly TimeSpan UsualRest = TimeSpan.FromMinutes(1);

    // A key that is refused while another one is taken: somebody has to mend that.
    private static readonly TimeSpan RefusedRest = TimeSpan.FromMinutes(10);

    private const string AnyModel = "";

    private readonly string _provider;
    private readonly string[] _keys;
    private readonly string[] _fingerprints;
    private readonly Rests<KeyUse> _rests;
    private readonly ILogger _log;
    private uint _next;

    /// <summary>Holds the keys.</summary>
    /// <param name="context">The provider that they are for.</param>
    /// <param name="keys">The keys themselves.</param>
    public KeyRing(ProviderContext context, IReadOnlyList<string> keys)
    {
        _keys = [.. keys.Distinct(StringComparer.Ordinal)];
        _fingerprints = [.. _keys.Select(KeyUse.Fingerprint)];
        (_provider, _rests, _log) = (context.Name, context.KeyRests, context.Log);
    }

    /// <summary>There are keys.</summary>
    public bool HasKeys => _keys.Length > 0;

    /// <summary>Resolves and checks the keys of a configuration.</summary>
    /// <param name="path">Where they stand in it.</param>
    /// <param name="settings">The keys as they stand there; null for none.</param>
    /// <exception cref="ConfigException">One is not set, or can't be a key; the message has its place only.</exception>
    public static IReadOnlyList<string> Resolve(string path, IReadOnlyList<string>? settings)
    {
        var keys = new List<string>();
        for (var i = 0; i < settings?.Count; i++)
        {
            var place = settings.Count == 1 ? path : $"{path}[{i}]";
            string? key;
            try
            {
                key = Secret.Resolve(settings[i])?.Trim();
            }
            catch (ConfigException missing)
            {
                throw new ConfigException($"{place}: {missing.Message}");
            }

            if (string.IsNullOrEmpty(key) && settings.Count == 1) return [];
            // A header's value.
            if (string.IsNullOrEmpty(key) || key.Any(character => character is < '!' or > '~')) throw new ConfigException($"{place}: the key has a character in it that no key has, or is empty; was it cut or pasted wrong?");
            keys.Add(key);
        }

        return keys;
    }

    /// <summary>Another key may not have that trouble.</summary>
    public static bool IsOfKey(UpstreamErrorKind kind) => kind is UpstreamErrorKind.RateLimited or UpstreamErrorKind.Authentication or UpstreamErrorKind.Permission;

    /// <summary>Opens an answer with the session's key, and where that is rate-limited or refused with the next one.</summary>
    /// <param name="request">The request, for its session.</param>
    /// <param name="model">The model: limits are counted for each.</param>
    /// <param name="open">Asks with a key (null: without any) until the answer's headers are there; gives what went wrong, null for nothing.</param>
    /// <param name="begin">Reads ahead in an answer that is open, as some upstreams refuse there; gives what went wrong. Asked only where another key may be better.</param>
    /// <returns>What went wrong with the last key that was asked, or that all of them rest; null: the answer is open.</returns>
    public async ValueTask<UpstreamError?> OpenAsync(MessagesRequest request, string model, Func<string?, ValueTask<UpstreamError?>> open, Func<ValueTask<UpstreamError?>>? begin = null)
    {
        if (_keys.Length < 2) return await open(_keys.Length == 0 ? null : _keys[0]);
        UpstreamError? failed = null;
        var refused = new List<(int Key, UpstreamErrorKind Kind)>();
        foreach (var key in Order(request.Session.Owner))
        {
            if (RestOf(key, model) > TimeSpan.Zero) continue;
            var error = await open(_keys[key]);
            if (error is null && begin is not null) error = await begin();
            if (error is null) Blame(refused, model);
            if (error is null || !IsOfKey(error.Kind)) return error;
            if (error.Kind == UpstreamErrorKind.RateLimited) Rest(key, model, error.RetryAfter ?? UsualRest, error.Kind);
            else refused.Add((key, error.Kind));
            // That all keys wait says more than that one is wrong.
            if (failed?.Kind != UpstreamErrorKind.RateLimited || error.Kind == UpstreamErrorKind.RateLimited) failed = error;
        }

        return failed is { Kind: not UpstreamErrorKind.RateLimited } ? failed : Resting(model, failed);
    }

    /// <summary>Asks a question that concerns no conversation, with the first key that is taken.</summary>
    /// <exception cref="UpstreamException">All keys fail.</exception>
    public async Task<T> AskAsync<T>(Func<string?, Task<T>> ask)
    {
        for (var i = 0; i < _keys.Length - 1; i++)
        {
            if (RestOf(i, AnyModel) > TimeSpan.Zero) continue;
            try
            {
                return await ask(_keys[i]);
            }
            catch (UpstreamException failed) when (IsOfKey(failed.Error.Kind))
            {
                // The next one may do. This says nothing of the key for answers: lists have limits and rights of their own.
            }
        }

        return await ask(_keys.Length == 0 ? null : _keys[^1]);
    }

    // By rendezvous: each session has an order of its own, and a key that is added or taken away moves only the sessions that were its.
    private IReadOnlyList<int> Order(string? session)
    {
        var order = Enumerable.Range(0, _keys.Length);
        if (session is not null) return Rendezvous.Order(order, StableHash.Add(StableHash.Start, session), key => (_keys[key], 1));
        var first = (int)(Interlocked.Increment(ref _next) % (uint)_keys.Length);
        return [.. order.Select(key => (key + first) % _keys.Length)];
    }

    // How long a key still rests; zero when it doesn't.
    private TimeSpan RestOf(int key, string model)
    {
        var (own, general) = (_rests.Left(Use(key, model)), _rests.Left(Use(key, AnyModel)));
        return own > general ? own : general;
    }

    private void Rest(int key, string model, TimeSpan length, UpstreamErrorKind why)
    {
        length = _rests.Begin(Use(key, model), length);
        LogRest(_provider, key + 1, _keys.Length, length.TotalSeconds, model == AnyModel ? "every model" : model, why);
    }

    private KeyUse Use(int key, string model) => new(_provider, _fingerprints[key], model);

    // Where another key was taken, it was the key and not the request, the place or the upstream.
    private void Blame(List<(int Key, UpstreamErrorKind Kind)> refused, string model)
    {
        foreach (var (key, kind) in refused) Rest(key, kind == UpstreamErrorKind.Authentication ? AnyModel : model, RefusedRest, kind);
    }

    private UpstreamError Resting(string model, UpstreamError? said)
    {
        // A key that is refused alone doesn't rest and is no way out.
        var shortest = Enumerable.Range(0, _keys.Length).Select(key => RestOf(key, model)).Where(rest => rest > TimeSpan.Zero).DefaultIfEmpty().Min();
        said ??= new UpstreamError(UpstreamErrorKind.RateLimited, $"{_provider}/{model}: all {_keys.Length} keys rest after refusals for rate or quota; the first is fresh again in {Math.Ceiling(shortest.TotalSeconds):N0} s.");
        return said with { RetryAfter = shortest, IsOfKey = true };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Provider}: key {Position} of {Count} rests {Seconds:N0} s for {Model} ({Reason})")]
    private partial void LogRest(string provider, int position, int count, double seconds, string model, UpstreamErrorKind reason);
}

/// <summary>A key's use for a model: what limits are counted for.</summary>
/// <param name="Provider">The provider's name: two may have the same key at different places.</param>
/// <param name="Key">The key's fingerprint, so that it may be remembered when the key is gone from the configuration.</param>
/// <param name="Model">The model; empty for all.</param>
internal readonly record struct KeyUse(string Provider, string Key, string Model)
{
    /// <summary>What a key is told from others by, without being one.</summary>
    public static string Fingerprint(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
