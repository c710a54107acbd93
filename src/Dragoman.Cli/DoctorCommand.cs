using System.CommandLine;
using System.Text;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Routing;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary><c>dragoman doctor</c>: asks each provider of the configuration whether it would answer, and says what to do where it wouldn't.</summary>
internal static class DoctorCommand
{
    private const string Probe = """{"model":"probe","max_tokens":1,"messages":[{"role":"user","content":"Hello"}]}""";

    /// <summary>Adds the command. It takes the options of <c>serve</c>, so that it looks at what would be served.</summary>
    public static void AddTo(RootCommand root)
    {
        var options = new ServeOptions();
        var doctor = new Command("doctor", "Check the configuration and every provider");
        options.AddTo(doctor);
        doctor.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, cancellationToken));
        root.Add(doctor);
    }

    private static async Task<int> RunAsync(ServeOptions reader, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var options = reader.Read(parsed);
            await Discovering.CompleteAsync(options, cancellationToken);
            await using var app = ServeCommand.Build(options, TextWriter.Null);
            return await CheckAsync(app.Services, cancellationToken) ? 0 : 1;
        }
        catch (ConfigException wrong)
        {
            foreach (var problem in wrong.Problems) Say(false, problem);
            return 2;
        }
    }

    private static async Task<bool> CheckAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var providers = services.GetRequiredService<ProviderSet>();
        var fallback = await services.GetRequiredService<Router>().DefaultTargetAsync(cancellationToken);
        var good = true;
        foreach (var name in providers.Names.Where(name => name != ProviderSet.DemoName))
        {
            var list = await services.GetRequiredService<ModelCatalog>().ListAsync(name, cancellationToken);
            good &= Say(list.Error is null, list.Error?.Message ?? $"{name}: {list.Models.Count} models");
            if (list.Error is not null || fallback.Provider != name) continue;
            good &= Say(list.Find(fallback.Model) is not null, list.Find(fallback.Model) is not null ? $"{fallback}: there, the default model" : $"{fallback}: the default model is not among them; choose one with --default-model");
            if (providers[name].TakesClaudeNames) good &= await CountAsync(providers[name], fallback, cancellationToken);
        }

        if (fallback.Provider == ProviderSet.DemoName) Say(false, "No provider answers, so the built-in demo would.");
        return good && fallback.Provider != ProviderSet.DemoName;
    }

    // A list of models may be public, or a table; a count needs the key, the project and the model.
    private static async Task<bool> CountAsync(IProvider provider, Target target, CancellationToken cancellationToken)
    {
        var request = MessagesParser.Parse(Encoding.UTF8.GetBytes(Probe));
        var counted = await provider.CountTokensAsync(request, target, cancellationToken);
        return Say(counted is not null, counted is not null ? $"{target}: answers ({counted} tokens counted)" : $"{target}: did not count a prompt of one word within 2 s. Check the key or the credentials, and that this model may be used with them.");
    }

    private static bool Say(bool good, string message)
    {
        AnsiConsole.MarkupLineInterpolated(good ? (FormattableString)$"[green]ok[/]    {message}" : $"[red]wrong[/] {message}");
        return good;
    }
}
