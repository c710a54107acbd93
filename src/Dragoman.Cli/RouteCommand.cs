using System.CommandLine;
using System.Text;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Cli;

/// <summary><c>dragoman route</c>: says where a request would go, and with <c>--explain</c> why and as what, without sending it.</summary>
internal sealed class RouteCommand
{
    private const string StandardInput = "-";

    // A name alone is asked for with the least that makes a request.
    private const string EmptyRequest = """{"model":"none","max_tokens":1024,"messages":[{"role":"user","content":"Hello"}]}""";

    private readonly ServeOptions _serve = new();
    private readonly Argument<string?> _file = new("FILE") { Description = "A Messages request as JSON; - reads standard input", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _model = new("--model") { Description = "The model to ask for: in place of the file's, or of a request that says nothing but hello" };
    private readonly Option<string[]> _header = new("--header", "-H") { Description = "A header of the request, as 'Name: value', repeatable", AllowMultipleArgumentsPerToken = false };
    private readonly Option<bool> _explain = new("--explain") { Description = "Print the decision step by step and the upstream body", Arity = ArgumentArity.Zero };
    private readonly Option<bool> _json = new("--json") { Description = "Print all of it as one JSON object", Arity = ArgumentArity.Zero };

    /// <summary>Adds the command. It takes the options of <c>serve</c>, so that it decides as the server would.</summary>
    public static void AddTo(RootCommand root, TextWriter output, TextWriter errors)
    {
        var route = new RouteCommand();
        var command = new Command("route", "Say where a request would go, and why, without sending it");
        command.Add(route._file);
        foreach (var option in (Option[])[route._explain, route._json, route._model, route._header]) command.Add(option);
        route._serve.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Guard.RunAsync(() => route.RunAsync(parsed, output, errors, cancellationToken), errors.WriteLine));
        root.Add(command);
    }

    // 0: it would be sent. 1: it can't be read or would be refused. 2: the settings are wrong.
    private async Task<int> RunAsync(ParseResult parsed, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var request = await ReadAsync(parsed, cancellationToken);
        await using var app = ServeCommand.Build(await Discovering.ReadAsync(_serve, parsed, cancellationToken), TextWriter.Null);
        var run = new DryRun(app.Services.GetRequiredService<Router>(), app.Services.GetRequiredService<ProviderSet>(), app.Services.GetRequiredService<ModelCatalog>());
        var explanation = await run.ExplainAsync(request, cancellationToken);
        if (parsed.GetValue(_json)) await output.WriteLineAsync(RouteReport.Json(explanation));
        else if (parsed.GetValue(_explain)) await output.WriteAsync(RouteReport.Text(explanation));
        else foreach (var target in explanation.Targets) await output.WriteLineAsync(target.Target.ToString());
        if (explanation.Error is null) return ExitCodes.Good;
        await errors.WriteLineAsync(explanation.Error);
        return ExitCodes.Failed;
    }

    private async Task<MessagesRequest> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (file, model) = (parsed.GetValue(_file), parsed.GetValue(_model));
        if (file is null && model is null) throw new InvalidRequestException("Give a file with a Messages request (or - for standard input), or a model with --model.");
        var request = MessagesParser.ParseForAnyone(file is null ? Encoding.UTF8.GetBytes(EmptyRequest) : await ReadAsync(file, cancellationToken));
        var client = new ClientHead { Headers = [.. (parsed.GetValue(_header) ?? []).Select(Header)] };
        return request with { Model = model ?? request.Model, Client = client };
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file != StandardInput) return await File.ReadAllBytesAsync(file, cancellationToken);
        using var all = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    private static KeyValuePair<string, string> Header(string line)
    {
        var colon = line.IndexOf(':');
        return colon > 0
            ? new KeyValuePair<string, string>(line[..colon].Trim(), line[(colon + 1)..].Trim())
            : throw new InvalidRequestException($"--header: expected 'Name: value', got '{line}'");
    }
}
