using System.Text.Json;
using Dragoman.Providers;

namespace Dragoman.Discovery;

/// <summary>A source that is there.</summary>
/// <param name="Source">The row of the table.</param>
/// <param name="Section">Its section of the configuration; secrets only by the names of their variables.</param>
/// <param name="Where">Address or environment variable, for people.</param>
/// <param name="Models">What it has; empty when it could not be asked.</param>
/// <param name="Problem">Why it can't be used, in a few words; null when it can.</param>
internal sealed record Finding(Source Source, JsonElement Section, string Where, IReadOnlyList<ModelInfo> Models, string? Problem)
{
    /// <summary>The name of its section.</summary>
    public string Name => Source.Name;

    /// <summary>It has models that may be asked now.</summary>
    public bool IsUsable => Problem is null;

    /// <summary>It runs on another machine, whose memory nobody knows here.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Nobody is there, which is no news: most machines run none or one of the programs.</summary>
    public bool IsAbsent { get; init; }
}
