using Dragoman.Delivery;
using Dragoman.Http;
using Dragoman.Providers;
using Dragoman.Telemetry;
using Dragoman.Tokens;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dragoman;

/// <summary>Puts the gateway into any ASP.NET Core application: <c>services.AddDragoman(…)</c>, <c>app.MapDragoman()</c>.</summary>
public static class DragomanHosting
{
    /// <summary>Adds the gateway's parts. Whether the options are right is found out when they are mapped.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options.</param>
    public static IServiceCollection AddDragoman(this IServiceCollection services, Action<DragomanOptions>? configure = null)
    {
        var options = new DragomanOptions();
        configure?.Invoke(options);
        return services.AddDragoman(options);
    }

    /// <summary>Adds the gateway's parts with options that are ready.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">The options.</param>
    public static IServiceCollection AddDragoman(this IServiceCollection services, DragomanOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IdSource>();
        services.AddSingleton<Calibration>();
        services.AddSingleton<UpstreamHttp>();
        services.AddSingleton<Lanes>();
        services.AddSingleton<CircuitBreakers>();
        services.AddSingleton(parts => new LiveGateway(options, new LastingParts(
            parts.GetRequiredService<UpstreamHttp>(),
            parts.GetRequiredService<Calibration>(),
            parts.GetRequiredService<Lanes>(),
            parts.GetRequiredService<CircuitBreakers>(),
            parts.GetRequiredService<IdSource>(),
            parts.GetRequiredService<TimeProvider>(),
            parts.GetRequiredService<ILoggerFactory>(),
            Brought(services))));
        services.AddSingleton<SessionLog>();
        services.AddSingleton<DragomanEndpoints>();
        // What the configuration at work has made, for whoever looks at it from outside: asked for anew each time, as it may have been exchanged.
        services.AddTransient(parts => parts.GetRequiredService<LiveGateway>().Current.Options);
        services.AddTransient(parts => parts.GetRequiredService<LiveGateway>().Current.Providers);
        services.AddTransient(parts => parts.GetRequiredService<LiveGateway>().Current.Catalog);
        services.AddTransient(parts => parts.GetRequiredService<LiveGateway>().Current.Router);
        return services;
    }

    /// <summary>Maps the gateway's paths, relative to <paramref name="routes"/> (a group with a prefix is fine). Unknown paths below it answer 404 in Anthropic's shape.</summary>
    /// <param name="routes">The application, or a group of its routes.</param>
    /// <exception cref="ConfigException">The options are wrong.</exception>
    public static void MapDragoman(this IEndpointRouteBuilder routes) => routes.ServiceProvider.GetRequiredService<DragomanEndpoints>().Map(routes);

    // A set that was registered as it is, after the gateway's own: a host, or a test, brings its own providers.
    private static ProviderSet? Brought(IServiceCollection services) =>
        services.LastOrDefault(service => service.ServiceType == typeof(ProviderSet))?.ImplementationInstance as ProviderSet;
}
