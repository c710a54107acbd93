using Dragoman.Delivery;
using Dragoman.Http;
using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Telemetry;
using Dragoman.Tokens;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dragoman;

/// <summary>Puts the gateway into any ASP.NET Core application: <c>services.AddDragoman(…)</c>, <c>app.MapDragoman()</c>.</summary>
public static class DragomanHosting
{
    /// <summary>Adds the gateway's parts.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="ConfigException">A setting is out of its range.</exception>
    public static IServiceCollection AddDragoman(this IServiceCollection services, Action<DragomanOptions>? configure = null)
    {
        var options = new DragomanOptions();
        configure?.Invoke(options);
        return services.AddDragoman(options);
    }

    /// <summary>Adds the gateway's parts with options that are ready.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ConfigException">A setting is out of its range.</exception>
    public static IServiceCollection AddDragoman(this IServiceCollection services, DragomanOptions options)
    {
        SettingsRules.Check(options);
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IdSource>();
        services.AddSingleton<Calibration>();
        services.AddSingleton(parts => new TokenEstimator(options.TokenCounter, parts.GetRequiredService<Calibration>()));
        services.AddSingleton<UpstreamHttp>();
        services.AddSingleton<ProviderSet>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<SessionModels>();
        services.AddSingleton<Router>();
        services.AddSingleton<Attempts>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<ClientGuard>();
        services.AddSingleton<MessagesEndpoint>();
        services.AddSingleton<CountTokensEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<DragomanEndpoints>();
        return services;
    }

    /// <summary>Maps the gateway's paths, relative to <paramref name="routes"/> (a group with a prefix is fine). Unknown paths below it answer 404 in Anthropic's shape.</summary>
    /// <param name="routes">The application, or a group of its routes.</param>
    /// <exception cref="ConfigException">The options are wrong.</exception>
    public static void MapDragoman(this IEndpointRouteBuilder routes) => routes.ServiceProvider.GetRequiredService<DragomanEndpoints>().Map(routes);
}
