using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dragoman.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recorder = Dragoman.Recording.Recorder;

namespace Dragoman.Cli;

/// <summary><c>dragoman serve</c>, also what <c>dragoman</c> alone does: runs the gateway until it is stopped.</summary>
internal static class ServeCommand
{
    /// <summary>Adds the command, and makes it the default.</summary>
    public static void AddTo(RootCommand root)
    {
        var options = new ServeOptions();
        var serve = new Command("serve", "Run the gateway");
        foreach (var command in (Command[])[root, serve])
        {
            options.AddTo(command);
            command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, cancellationToken));
        }

        root.Add(serve);
    }

    private static async Task<int> RunAsync(ServeOptions reader, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var reading = new ConfigReading(reader, parsed);
            var options = reading.Read();
            var found = reading.Found = await Discovering.CompleteAsync(options, cancellationToken);
            await using var app = Build(options, Console.Error, reader.RecordDirectory(parsed) is { } directory ? RecordingInto(directory) : null);
            await ListenAsync(app, options, cancellationToken);
            await Banner.WriteAsync(app, options, found, cancellationToken);
            await using var reload = Watch(app, reading);
            await Shutdown.WaitAsync(app);
            return 0;
        }
        catch (ConfigException wrong)
        {
            foreach (var problem in wrong.Problems) Terminal.Complain(problem);
            return 2;
        }
        catch (CliException failed)
        {
            Terminal.Complain(failed.Message);
            return failed.ExitCode;
        }
    }

    private static async Task ListenAsync(WebApplication app, DragomanOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException taken)
        {
            // Kestrel: "Failed to bind to address http://127.0.0.1:3000: address already in use."
            throw new CliException($"{taken.Message} Choose another port with --port, or stop the program that uses it.", ExitCodes.Failed);
        }
        catch (SocketException refused)
        {
            var advice = refused.SocketErrorCode switch
            {
                // Ports below 1024 belong to the administrator on most systems.
                SocketError.AccessDenied => "Choose a port from 1024 on with --port.",
                SocketError.AddressNotAvailable => "This machine has no such address; --host names one that it has, or * for all.",
                _ => "Choose another address with --host and --port.",
            };
            throw new CliException(string.Create(CultureInfo.InvariantCulture, $"Can't listen on {options.Host} port {options.Port}: {refused.Message}. {advice}"), ExitCodes.Failed);
        }
    }

    /// <summary>The gateway's web application, not started.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="log">Takes the log.</param>
    /// <param name="configure">Adds or replaces parts of the gateway.</param>
    /// <exception cref="ConfigException">The settings are wrong or not safe.</exception>
    internal static WebApplication Build(DragomanOptions options, TextWriter log, Action<IServiceCollection>? configure = null)
    {
        // Whatever is wrong is said in the end, together with what the gateway's parts find.
        var address = ServeRules.Check(options);
        var port = options.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort ? options.Port : 0;
        LiveGateway? live = null;
        // Nothing but Dragoman's own settings: an appsettings.json in the folder where it is started (or ASPNETCORE_URLS) could open doors that ServeRules never saw.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "dragoman", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddProvider(new LineLog(log, TimeProvider.System));
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            // Asked for each entry, as the configuration may change.
            .AddFilter("Dragoman", level => level >= ((live?.Current.Options ?? options).Verbose ? LogLevel.Debug : LogLevel.Information))
            // A port that is taken is said in one sentence below, not in a page of stack trace.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.Listen(address, port);
            server.AddServerHeader = false;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddDragoman(options);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapDragoman();
        live = app.Services.GetRequiredService<LiveGateway>();
        return app;
    }

    /// <summary>Makes a gateway record every exchange into a directory.</summary>
    internal static Action<IServiceCollection> RecordingInto(string directory) =>
        services => services.AddSingleton(parts => new Recorder(directory, parts.GetRequiredService<ILogger<Recorder>>()));

    /// <summary>Takes changes of the configuration until it is disposed.</summary>
    internal static ConfigReload Watch(WebApplication app, ConfigReading reading) =>
        new(app.Services.GetRequiredService<LiveGateway>(), reading, app.Services.GetRequiredService<TimeProvider>(), app.Services.GetRequiredService<ILogger<ConfigReload>>());

    /// <summary>The address by which a client on this machine reaches the gateway, whatever it listens on.</summary>
    internal static string Url(WebApplication app)
    {
        var listens = new UriBuilder(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        // "Any address" is nothing that a client can name: the gateway itself refuses such a Host.
        if (listens.Host is "0.0.0.0" or "[::]") listens.Host = "localhost";
        return listens.Uri.GetLeftPart(UriPartial.Authority);
    }
}
