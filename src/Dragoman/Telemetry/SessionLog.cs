using System.Collections.Concurrent;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Telemetry;

/// <summary>What one answer of a session was.</summary>
/// <param name="ClientModel">The model that the client asked for.</param>
/// <param name="Target">What really answered.</param>
/// <param name="At">When it ended.</param>
/// <param name="InputTokens">The prompt's size, from the cache or not.</param>
/// <param name="OutputTokens">What was written.</param>
/// <param name="TokensPerSecond">How fast it was written; null when that is not known.</param>
/// <param name="CachedShare">The part (0 to 1) of the prompt that came from a cache; null when that is not known.</param>
/// <param name="TimeToFirstToken">How long the client waited.</param>
/// <param name="Cost">US dollars; null when that is not known.</param>
internal sealed record SessionAnswer(
    string ClientModel, Target Target, DateTimeOffset At, int InputTokens, int OutputTokens, double? TokensPerSecond, double? CachedShare, TimeSpan? TimeToFirstToken, decimal? Cost);

/// <summary>What is known of a session.</summary>
/// <param name="Answers">Its last answers, the newest first.</param>
/// <param name="Cost">What all of its answers have cost, the forgotten ones too.</param>
internal sealed record SessionState(IReadOnlyList<SessionAnswer> Answers, SessionCost Cost)
{
    /// <summary>A session of which nothing is known.</summary>
    public static SessionState None { get; } = new([], default);
}

/// <summary>The last answers of each of the clients' sessions and what all have cost, in memory only: for a status line that tells which model really answers.</summary>
internal sealed class SessionLog(TimeProvider time)
{
    // More than anybody has open at once; the ones that were quiet longest are forgotten.
    private const int MaxSessions = 200;

    // Enough to find the main conversation's last answer among those of its side calls (titles, summaries).
    private const int MaxAnswers = 8;

    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Takes an exchange that is over; one without an answer or a session leaves no trace. Of an answer that was cut off only its cost is noted.</summary>
    public void Add(Exchange exchange)
    {
        if (exchange is not { Session: { } name, ClientModel: { } model, Target: { } target, HasAnswer: true }) return;
        if (_sessions.Count >= MaxSessions && !_sessions.ContainsKey(name)) ForgetOldest();
        var answer = exchange is { Finish: { } finish, Error: null } ? Answer(exchange, model, target, finish) : null;
        _sessions.GetOrAdd(name, static _ => new Session()).Add(exchange, answer, time.GetUtcNow());
    }

    /// <summary>What is known of a session.</summary>
    public SessionState Of(string session) => _sessions.TryGetValue(session, out var known) ? known.State() : SessionState.None;

    private SessionAnswer Answer(Exchange exchange, string model, Target target, Finish finish)
    {
        var prompt = finish.Usage.InputTokens + finish.Usage.CacheReadTokens;
        var writing = finish.Timings?.Decode ?? (exchange.Elapsed - (exchange.TimeToFirstToken ?? TimeSpan.Zero));
        return new SessionAnswer(
            model,
            target,
            time.GetUtcNow(),
            prompt,
            finish.Usage.OutputTokens,
            writing > TimeSpan.Zero ? finish.Usage.OutputTokens / writing.TotalSeconds : null,
            finish.Timings?.CachedShare ?? (finish.Usage.CacheReadTokens > 0 ? (double)finish.Usage.CacheReadTokens / prompt : null),
            exchange.TimeToFirstToken,
            exchange.Cost);
    }

    private void ForgetOldest()
    {
        var oldest = _sessions.MinBy(session => session.Value.LastAt);
        if (oldest.Key is not null) _sessions.TryRemove(oldest.Key, out _);
    }

    private sealed class Session
    {
        private readonly Lock _lock = new();
        private readonly Queue<SessionAnswer> _answers = new();
        private SessionCost _cost;

        public DateTimeOffset LastAt { get; private set; }

        public void Add(Exchange exchange, SessionAnswer? answer, DateTimeOffset at)
        {
            lock (_lock)
            {
                LastAt = at;
                _cost = _cost.With(exchange);
                if (answer is null) return;
                if (_answers.Count == MaxAnswers) _answers.Dequeue();
                _answers.Enqueue(answer);
            }
        }

        public SessionState State()
        {
            lock (_lock) return new SessionState([.. _answers.Reverse()], _cost);
        }
    }
}
