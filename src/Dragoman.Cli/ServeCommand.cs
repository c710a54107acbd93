using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;
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
            var options = reader.Read(parsed);
            await using var app = Build(options, Console.Out, reader.RecordDirectory(parsed) is { } directory ? RecordingInto(directory) : null);
            await app.StartAsync(cancellationToken);
            await Banner.WriteAsync(app, options, cancellationToken);
            await Shutdown.WaitAsync(app);
            return 0;
        }
        catch (ConfigException wrong)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{wrong.Message}[/]");
            return 2;
        }
        catch (IOException taken)
        {
            // Kestrel: "Failed to bind to address http://127.0.0.1:3000: address already in use."
            AnsiConsole.MarkupLineInterpolated($"[red]{taken.Message}[/] Choose another port with --port, or stop the program that uses it.");
            return 1;
        }
    }

    /// <summary>The gateway's web application, not started.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="log">Takes the log.</param>
    /// <param name="configure">Adds or replaces parts of the gateway.</param>
    /// <exception cref="ConfigException">The settings are wrong or not safe.</exception>
    internal static WebApplication Build(DragomanOptions options, TextWriter log, Action<IServiceCollection>? configure = null)
    {
        SettingsRules.Check(options);
        var address = Address(options);
        if (!IPAddress.IsLoopback(address) && string.IsNullOrEmpty(options.Key))
        {
            throw new ConfigException($"Listening on {options.Host} would let everybody on the network use your models: give a key with --key or DRAGOMAN_KEY, or listen on 127.0.0.1.");
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new LineLog(log, TimeProvider.System));
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Dragoman", options.Verbose ? LogLevel.Debug : LogLevel.Information)
            // A port that is taken is said in one sentence below, not in a page of stack trace.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(address, options.Port);
            server.AddServerHeader = false;
        });
        builder.Services.AddDragoman(options);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapDragoman();
        return app;
    }

    /// <summary>Makes a gateway record every exchange into a directory.</summary>
    internal static Action<IServiceCollection> RecordingInto(string directory) =>
        services => services.AddSingleton(parts => new Recorder(directory, parts.GetRequiredService<ILogger<Recorder>>()));

    private static IPAddress Address(DragomanOptions options)
    {
        if (options.Host is "localhost") return IPAddress.Loopback;
        if (options.Host is "*" or "+") return IPAddress.Any;
        return IPAddress.TryParse(options.Host, out var address) ? address : throw new ConfigException($"--host: '{options.Host}' is not an IP address (127.0.0.1, 0.0.0.0, ::1, ...)");
    }

    /// <summary>The address by which a client on this machine reaches the gateway, whatever it listens on.</summary>
    internal static string Url(WebApplication app)
    {
        var listens = new UriBuilder(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        // "Any address" is nothing that a client can name: the gateway itself refuses such a Host.
        if (listens.Host is "0.0.0.0" or "[::]") listens.Host = "localhost";
        return listens.Uri.GetLeftPart(UriPartial.Authority);
    }
}
