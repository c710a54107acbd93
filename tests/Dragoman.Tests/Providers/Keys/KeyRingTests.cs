using System.Collections.Concurrent;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Providers.Keys;
using Dragoman.Replies;
using Dragoman.Tests.Providers.Gemini;
using Dragoman.Tokens;
using Microsoft.Extensions.Logging;

namespace Dragoman.Tests.Providers.Keys;

/// <summary>Several keys for one provider.</summary>
public sealed class KeyRingTests
{
    private const string Model = "m";

    private static readonly UpstreamError Limited = new(UpstreamErrorKind.RateLimited, "slow down", TimeSpan.FromSeconds(20));
    private static readonly UpstreamError Refused = new(UpstreamErrorKind.Authentication, "no");
    private static readonly UpstreamError Forbidden = new(UpstreamErrorKind.Permission, "not you");

    private readonly SteppedClock _clock = new();
    private readonly Lines _log = new();

    [Fact]
    public async Task A_session_keeps_its_key_and_sessions_are_spread()
    {
        var ring = Ring("a", "b", "c");
        var keys = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var session = 0; session < 300; session++)
        {
            var first = await Key(ring, $"session-{session}");
            for (var turn = 0; turn < 3; turn++) Assert.Equal(first, await Key(ring, $"session-{session}"));
            keys[first] = keys.GetValueOrDefault(first) + 1;
        }

        Assert.Equal(3, keys.Count);
        Assert.All(keys.Values, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public async Task A_key_that_is_taken_away_moves_only_its_own_sessions()
    {
        var (three, two) = (Ring("a", "b", "c"), Ring("c", "a"));
        for (var session = 0; session < 100; session++)
        {
            var before = await Key(three, $"{session}");
            var after = await Key(two, $"{session}");
            if (before != "b") Assert.Equal(before, after);
        }
    }

    [Fact]
    public async Task Requests_without_a_session_take_turns()
    {
        var ring = Ring("a", "b", "c");
        var keys = new List<string>();
        for (var i = 0; i < 6; i++) keys.Add(await Key(ring, session: null));
        Assert.Equal(["a", "b", "c"], keys.Take(3).Order(StringComparer.Ordinal));
        Assert.Equal(keys.Take(3), keys.Skip(3));
    }

    [Fact]
    public async Task A_rate_limited_key_rests_and_the_next_one_is_asked_at_once()
    {
        var ring = Ring("a", "b");
        var mine = await Key(ring, "s");
        var other = mine == "a" ? "b" : "a";

        Assert.Equal([mine, other], await Asked(ring, key => key == mine ? Limited : null));
        Assert.Equal([other], await Asked(ring, _ => null));
        // Limits are counted for each model.
        Assert.Equal([mine], await Asked(ring, _ => null, model: "another"));
        _clock.Pass(TimeSpan.FromSeconds(19));
        Assert.Equal([other], await Asked(ring, _ => null));
        _clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal([mine], await Asked(ring, _ => null));
        Assert.Equal([$"up: key {(mine == "a" ? 1 : 2)} of 2 rests 20 s for m (RateLimited)"], _log.Texts);
    }

    [Fact]
    public async Task While_all_keys_rest_nobody_is_asked()
    {
        var ring = Ring("a", "b");
        var waits = new Queue<TimeSpan?>([TimeSpan.FromSeconds(30), null]);
        var error = await ring.OpenAsync(Request("s"), Model, _ => ValueTask.FromResult<UpstreamError?>(Limited with { RetryAfter = waits.Dequeue() }));
        Assert.Equal((UpstreamErrorKind.RateLimited, "slow down", TimeSpan.FromSeconds(30)), (error!.Kind, error.Message, error.RetryAfter));

        _clock.Pass(TimeSpan.FromSeconds(10));
        error = await ring.OpenAsync(Request("s"), Model, _ => throw new InvalidOperationException("asked"));
        Assert.Equal((UpstreamErrorKind.RateLimited, TimeSpan.FromSeconds(20)), (error!.Kind, error.RetryAfter));
        Assert.Equal("up/m: all 2 keys rest after refusals for rate or quota; the first is fresh again in 20 s.", error.Message);

        _clock.Pass(TimeSpan.FromSeconds(20));
        Assert.Single(await Asked(ring, _ => null));
    }

    [Fact]
    public async Task A_refused_key_rests_long_once_another_one_is_taken()
    {
        var ring = Ring("a", "b");
        var mine = await Key(ring, "s");
        Assert.Equal(2, (await Asked(ring, key => key == mine ? Refused : null)).Count);
        Assert.DoesNotContain(mine, await Asked(ring, _ => null, model: "another"));
        _clock.Pass(TimeSpan.FromMinutes(9));
        Assert.DoesNotContain(mine, await Asked(ring, _ => null));
        _clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal([mine], await Asked(ring, _ => null));
        Assert.Contains("rests 600 s for every model (Authentication)", Assert.Single(_log.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_may_not_use_a_model_rests_for_that_one()
    {
        var ring = Ring("a", "b");
        var mine = await Key(ring, "s");
        await Asked(ring, key => key == mine ? Forbidden : null);
        Assert.DoesNotContain(mine, await Asked(ring, _ => null));
        Assert.Equal([mine], await Asked(ring, _ => null, model: "another"));
    }

    [Fact]
    public async Task What_every_key_is_refused_is_no_key_s_fault()
    {
        var ring = Ring("a", "b", "c");
        for (var i = 0; i < 2; i++) Assert.Equal(3, (await Asked(ring, _ => Forbidden, expected: Forbidden)).Count);
        Assert.Empty(_log.Texts);
    }

    [Fact]
    public async Task A_failure_that_is_not_the_key_s_goes_up_at_once()
    {
        var broken = new UpstreamError(UpstreamErrorKind.Broken, "x");
        Assert.Single(await Asked(Ring("a", "b"), _ => broken, expected: broken));
    }

    [Fact]
    public async Task A_rest_belongs_to_the_key_and_not_to_who_holds_it()
    {
        var context = Context();
        var mine = await Key(new KeyRing(context, ["a", "b"]), "s");
        var other = mine == "a" ? "b" : "a";
        await Asked(new KeyRing(context, ["a", "b"]), key => key == mine ? Limited : null);
        Assert.Equal([other], await Asked(new KeyRing(context, ["b", "a"]), _ => null));
        // At another place the same key is another one.
        Assert.Equal([mine], await Asked(new KeyRing(context with { Name = "elsewhere" }, ["a", "b"]), _ => null));
    }

    [Fact]
    public async Task A_key_that_is_refused_alone_is_no_way_out_of_the_others_rests()
    {
        var answers = new Queue<UpstreamError>([Limited, Refused]);
        var error = await Ring("a", "b").OpenAsync(Request("s"), Model, _ => ValueTask.FromResult<UpstreamError?>(answers.Dequeue()));
        Assert.Equal((UpstreamErrorKind.RateLimited, Limited.RetryAfter, true), (error!.Kind, error.RetryAfter, error.IsOfKey));
    }

    [Fact]
    public async Task Only_where_there_is_another_key_the_answer_is_read_ahead()
    {
        var ahead = 0;
        foreach (var keys in (string[][])[["a"], ["a", "b"]])
        {
            Assert.Null(await Ring(keys).OpenAsync(Request("s"), Model, _ => default, () =>
            {
                ahead++;
                return default;
            }));
        }

        Assert.Equal(1, ahead);
    }

    [Fact]
    public async Task One_key_never_rests()
    {
        var ring = Ring("a");
        for (var i = 0; i < 2; i++) Assert.Equal(["a"], await Asked(ring, _ => Limited, expected: Limited));
        Assert.Null(await new KeyRing(Context(), []).AskAsync(Task.FromResult));
    }

    [Fact]
    public async Task No_rest_is_longer_than_an_hour()
    {
        var ring = Ring("a", "b");
        var mine = await Key(ring, "s");
        await Asked(ring, key => key == mine ? Limited with { RetryAfter = TimeSpan.FromDays(3) } : null);
        _clock.Pass(TimeSpan.FromMinutes(61));
        Assert.Equal([mine], await Asked(ring, _ => null));
    }

    [Fact]
    public async Task A_question_is_asked_with_a_key_that_is_taken()
    {
        var ring = Ring("bad", "good");
        Assert.Equal("good", await ring.AskAsync(key => key == "bad" ? throw new UpstreamException(Refused) : Task.FromResult(key)));
        await Assert.ThrowsAsync<UpstreamException>(() => Ring("bad", "worse").AskAsync<string>(_ => throw new UpstreamException(Refused)));
    }

    [Fact]
    public async Task Many_at_once_do_no_harm()
    {
        var ring = Ring("a", "b", "c");
        var answered = new ConcurrentBag<UpstreamError?>();
        await Parallel.ForAsync(0, 2000, async (i, _) => answered.Add(await ring.OpenAsync(Request(i % 2 == 0 ? null : $"{i}"), $"m{i % 7}", key => ValueTask.FromResult(key == "b" ? Limited : null))));
        Assert.All(answered, Assert.Null);
    }

    [Fact]
    public void A_key_that_can_t_be_one_is_named_by_its_place_alone()
    {
        Assert.Equal(["x", "y"], KeyRing.Resolve("p.apiKey", ["x", " y\n"]));
        Assert.Empty(KeyRing.Resolve("p.apiKey", settings: null));
        var wrong = Assert.Throws<ConfigException>(() => KeyRing.Resolve("p.apiKey", ["x", "sk-sécret"])).Message;
        Assert.StartsWith("p.apiKey[1]: ", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", wrong, StringComparison.Ordinal);
        Assert.StartsWith("p.apiKey[0]: ", Assert.Throws<ConfigException>(() => KeyRing.Resolve("p.apiKey", ["env:NOT_SET_ANYWHERE", "y"])).Message, StringComparison.Ordinal);
        Assert.StartsWith("p.apiKey[0]: ", Assert.Throws<ConfigException>(() => KeyRing.Resolve("p.apiKey", ["", "y"])).Message, StringComparison.Ordinal);
    }

    private static async Task<string> Key(KeyRing ring, string? session)
    {
        string? used = null;
        Assert.Null(await ring.OpenAsync(Request(session), Model, key =>
        {
            used = key;
            return ValueTask.FromResult<UpstreamError?>(null);
        }));
        return used!;
    }

    // The keys that were asked, in order.
    private static async Task<List<string>> Asked(KeyRing ring, Func<string, UpstreamError?> answer, string model = Model, UpstreamError? expected = null)
    {
        var asked = new List<string>();
        Assert.Equal(expected, await ring.OpenAsync(Request("s"), model, key =>
        {
            asked.Add(key!);
            return ValueTask.FromResult(answer(key!));
        }));
        return asked;
    }

    private static MessagesRequest Request(string? user) => new() { Body = default, Model = Model, Messages = [], UserId = user };

    private KeyRing Ring(params string[] keys) => new(Context(), keys);

    private ProviderContext Context() => new("up", default, null!, _clock, new IdSource(), new TokenEstimator(TokenCounterKind.Words, new Calibration()), new DragomanOptions()) { Log = _log };

    private sealed class Lines : ILogger
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Texts) Texts.Add(formatter(state, exception));
        }
    }
}
