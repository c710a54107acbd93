using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Delivery;

/// <summary>What the targets of a request failed of, or why they were not asked.</summary>
/// <param name="watch">Is told what isn't asked.</param>
internal sealed class Failures(IAttemptWatch watch)
{
    // More would hide the message that they are appended to.
    private const int MaxMentioned = 3;

    // The one that tells most comes first: what the client itself can change; what passes by waiting, with the time; what somebody must set right; what tells little.
    private static readonly UpstreamErrorKind[] Order =
    [
        UpstreamErrorKind.ContextOverflow, UpstreamErrorKind.InvalidRequest,
        UpstreamErrorKind.RateLimited, UpstreamErrorKind.Overloaded,
        UpstreamErrorKind.Authentication, UpstreamErrorKind.Permission, UpstreamErrorKind.ModelNotFound, UpstreamErrorKind.Misconfigured,
        UpstreamErrorKind.TimedOut, UpstreamErrorKind.Broken, UpstreamErrorKind.Unreachable,
    ];

    // Most requests have neither.
    private List<(Target Target, UpstreamError Error)>? _failed;
    private List<(Target Target, string Reason)>? _skipped;

    /// <summary>A target has failed for good.</summary>
    public void Add(Target target, UpstreamError error) => (_failed ??= []).Add((target, error));

    /// <summary>A target isn't asked.</summary>
    /// <param name="target">Which one.</param>
    /// <param name="reason">Why, as a half sentence about it.</param>
    public void Skip(Target target, string reason)
    {
        (_skipped ??= []).Add((target, reason));
        watch.PassedOver(target, reason);
    }

    /// <summary>The failure that tells most, with a word about the others; of two that tell the same the one of the earlier target. One at least must have failed.</summary>
    public (Target Target, UpstreamError Error) MostTelling()
    {
        var told = _failed!.MinBy(failure => Array.IndexOf(Order, failure.Error.Kind));
        // Claude Code compacts by the words of an overflow, and what is passed on is passed on as it is.
        if (told.Error.Kind == UpstreamErrorKind.ContextOverflow || told.Error.Passed is not null) return told;
        var others = Others(told).ToList();
        if (others.Count == 0) return told;
        var more = others.Count > MaxMentioned ? $"; {others.Count - MaxMentioned} more" : "";
        return told with { Error = told.Error with { Message = $"{told.Error.Message} (Nor did others answer: {string.Join("; ", others.Take(MaxMentioned))}{more}.)" } };
    }

    private IEnumerable<string> Others((Target Target, UpstreamError Error) told)
    {
        foreach (var failure in _failed!)
        {
            if (failure != told) yield return $"{failure.Target}: {Word(failure.Error.Kind)}";
        }

        foreach (var (target, reason) in _skipped ?? [])
        {
            // One that was asked after all, or had been asked before, has failed.
            if (!_failed.Exists(failure => failure.Target == target)) yield return $"{target}: not asked, {reason}";
        }
    }

    private static string Word(UpstreamErrorKind kind) => kind switch
    {
        UpstreamErrorKind.ContextOverflow => "prompt too long",
        UpstreamErrorKind.InvalidRequest => "request refused",
        UpstreamErrorKind.RateLimited => "rate limited",
        UpstreamErrorKind.Overloaded => "overloaded",
        UpstreamErrorKind.Authentication => "key refused",
        UpstreamErrorKind.Permission => "not allowed",
        UpstreamErrorKind.ModelNotFound => "no such model",
        UpstreamErrorKind.Misconfigured => "set up wrongly",
        UpstreamErrorKind.TimedOut => "timed out",
        UpstreamErrorKind.Unreachable => "not reached",
        _ => "broken",
    };
}
