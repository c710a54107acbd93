using FsCheck;

namespace Dragoman.Tests;

/// <summary>
/// How property tests choose their values: the same ones in each run, so that a change is judged by what it changes.
/// <c>DRAGOMAN_RANDOM=1</c> takes new ones each time; run it that way now and then, and make a case of what it finds.
/// </summary>
internal static class Seeded
{
    /// <summary>The configuration of every property test.</summary>
    public static FsCheck.Config Config { get; } = Environment.GetEnvironmentVariable("DRAGOMAN_RANDOM") == "1"
        ? FsCheck.Config.QuickThrowOnFailure
        : FsCheck.Config.QuickThrowOnFailure.WithReplay(20261121, 7919);
}
