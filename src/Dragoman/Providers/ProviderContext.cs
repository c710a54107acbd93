using System.Text.Json;
using Dragoman.Providers.Keys;
using Dragoman.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Providers;

/// <summary>What a provider is made of: its name and section of the configuration, and the shared parts of the gateway.</summary>
/// <param name="Name">Its name in the configuration and in <c>provider/model</c>.</param>
/// <param name="Settings">Its section of the configuration; undefined when there is none.</param>
/// <param name="Http">Connections to upstreams.</param>
/// <param name="Time">The clock.</param>
/// <param name="Ids">Source of ids.</param>
/// <param name="Tokens">Estimates of prompt sizes.</param>
/// <param name="Options">The settings that concern every provider.</param>
internal sealed record ProviderContext(
    string Name, JsonElement Settings, UpstreamHttp Http, TimeProvider Time, IdSource Ids, TokenEstimator Tokens, DragomanOptions Options)
{
    /// <summary>How long an upstream may be silent in the middle of a request.</summary>
    public TimeSpan IdleTimeout => TimeSpan.FromSeconds(Options.IdleTimeoutSeconds);

    /// <summary>What happens behind a request's back.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>Which keys rest; outlives a provider that is made anew.</summary>
    public Rests<KeyUse> KeyRests { get; init; } = new(Time);
}
