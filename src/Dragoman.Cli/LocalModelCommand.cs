using System.CommandLine;
using Dragoman.Providers;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary>What the commands that do something with one model of a local server have in common: which server, and how they fail.</summary>
internal static class LocalModelCommand
{
    /// <summary>
    /// Adds a command that takes a model, <c>provider/model</c> or a model of the first provider that holds models itself. Exit codes: 0 done, 1 the server can't or
    /// won't, 2 the settings or the name are wrong, 130 interrupted.
    /// </summary>
    public static void AddTo(RootCommand root, string name, string description, Func<ILocalModels, string, CancellationToken, Task> act)
    {
        var model = new Argument<string>("model") { Description = "The model, for example qwen3:8b or ollama/qwen3:8b" };
        var options = new ServeOptions();
        var command = new Command(name, description) { model };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // The library's own handling of Ctrl-C is off, for the sake of `serve`.
            using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ConsoleCancelEventHandler interrupt = (_, signal) =>
            {
                signal.Cancel = true;
                interrupted.Cancel();
            };
            Console.CancelKeyPress += interrupt;
            try
            {
                await using var app = ServeCommand.Build(await Discovering.ReadAsync(options, parsed, interrupted.Token), TextWriter.Null);
                var (provider, named) = Find(app.Services.GetRequiredService<ProviderSet>(), parsed.GetValue(model)!);
                await act(provider, named, interrupted.Token);
                return 0;
            }
            catch (ConfigException wrong)
            {
                Terminal.Complain(wrong.Message);
                return 2;
            }
            catch (UpstreamException failed)
            {
                Terminal.Complain(failed.Error.Message);
                return 1;
            }
            catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
            {
                Terminal.Complain("Interrupted.");
                return ExitCodes.Interrupted;
            }
            finally
            {
                Console.CancelKeyPress -= interrupt;
            }
        });
        root.Add(command);
    }

    private static (ILocalModels Provider, string Model) Find(ProviderSet providers, string model)
    {
        var slash = model.IndexOf('/');
        if (slash > 0 && slash < model.Length - 1 && providers.Has(model[..slash]))
        {
            return (providers[model[..slash]] as ILocalModels ?? throw new ConfigException($"{model[..slash]} holds no models of its own: nothing can be fetched or loaded there"), model[(slash + 1)..]);
        }

        var local = providers.Names.Select(name => providers[name]).OfType<ILocalModels>().FirstOrDefault();
        return (local ?? throw new ConfigException("no provider of the configuration holds models of its own (Ollama does)"), model);
    }
}

/// <summary><c>dragoman warm</c> and <c>dragoman unload</c>.</summary>
internal static class MemoryCommands
{
    /// <summary>Adds both.</summary>
    public static void AddTo(RootCommand root)
    {
        LocalModelCommand.AddTo(root, "warm", "Load a model, with the context that requests will ask for", static async (provider, model, cancellationToken) =>
        {
            await provider.LoadAsync(model, cancellationToken);
            var loaded = (await provider.ListLoadedAsync(cancellationToken)).FirstOrDefault(candidate => string.Equals(candidate.Name, model, StringComparison.OrdinalIgnoreCase) || string.Equals(candidate.Name, model + ":latest", StringComparison.OrdinalIgnoreCase));
            AnsiConsole.MarkupLineInterpolated($"[green]{model} is loaded[/]{(loaded is null ? "" : $": {Quantities.Bytes(loaded.SizeBytes)}, {loaded.VramShare * 100:0}% on the GPU{(loaded.ContextTokens is { } tokens ? $", context {Quantities.Tokens(tokens)}" : "")}")}");
        });
        LocalModelCommand.AddTo(root, "unload", "Take a model out of memory", static async (provider, model, cancellationToken) =>
        {
            await provider.UnloadAsync(model, cancellationToken);
            AnsiConsole.MarkupLineInterpolated($"[green]{model} is unloaded[/]");
        });
    }
}
