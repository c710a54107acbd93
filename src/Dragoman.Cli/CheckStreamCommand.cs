using System.CommandLine;
using System.Globalization;
using Dragoman.Providers;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary><c>dragoman check-stream URL</c>: whether a server that speaks the Messages API, this gateway or any other, answers so that clients understand it.</summary>
internal static class CheckStreamCommand
{
    private const string FallbackModel = "claude-sonnet-4-5";

    // A large local model may load for minutes before it says a word.
    private const int UsualSeconds = 600;

    // A day: what is longer is a mistake.
    private const int MostSeconds = 86_400;

    /// <summary>Adds the command. Exit codes: 0 all is well, 1 a client would break, 2 the server can't be asked.</summary>
    public static void AddTo(RootCommand root)
    {
        var url = new Argument<string>("url") { Description = "The server's address, with or without /v1/messages" };
        var model = new Option<string?>("--model") { Description = "The model to ask for [the first one that the server lists]" };
        var key = new Option<string?>("--key") { Description = "The key to show, as x-api-key; env:NAME reads a variable" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var timeout = new Option<int?>("--timeout") { Description = "Seconds that one answer may take, with the time in which a model loads [600]" };
        timeout.Validators.Add(static given =>
        {
            if (given.Tokens is [{ Value: { } seconds }] && int.TryParse(seconds, CultureInfo.InvariantCulture, out var number) && number is < 1 or > MostSeconds) given.AddError("out of range");
        });
        var command = new Command("check-stream", "Check any server's answers against the grammar of the Messages API") { url, model, key, timeout, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var limit = TimeSpan.FromSeconds(parsed.GetValue(timeout) ?? UsualSeconds);
            return RunAsync(parsed.GetValue(url)!, parsed.GetValue(model), parsed.GetValue(key), limit, parsed.GetValue(json), cancellationToken);
        });
        root.Add(command);
    }

    private static async Task<int> RunAsync(string url, string? model, string? key, TimeSpan limit, bool asJson, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https")) throw new CliException($"'{url}' is not a URL; write for example http://localhost:3000", ExitCodes.Wrong);
        using var http = new UpstreamHttp();
        var address = EndpointCheck.MessagesAddress(given);
        var answers = new List<CheckedAnswer>();
        try
        {
            var check = new EndpointCheck(http, address, Secret.Resolve(key), TimeProvider.System, limit);
            model ??= await check.FirstModelAsync(cancellationToken) ?? FallbackModel;
            if (!asJson) AnsiConsole.MarkupLineInterpolated($"{address.ToString()} with the model [bold]{model}[/]");
            await foreach (var answer in check.RunAsync(model, cancellationToken))
            {
                answers.Add(answer);
                if (!asJson) Print(answer);
            }
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CliException($"{address} can't be asked: {failed.Message}", ExitCodes.Wrong);
        }

        if (asJson) PrintJson(address, model, answers);
        return answers.TrueForAll(answer => answer.IsGood) ? 0 : 1;
    }

    private static void Print(CheckedAnswer answer)
    {
        var verdict = answer.IsGood ? "[green]ok[/]   " : "[red]wrong[/]";
        var times = string.Create(CultureInfo.InvariantCulture, $"first byte {answer.FirstByte.TotalMilliseconds:N0} ms, all {answer.Total.TotalMilliseconds:N0} ms");
        AnsiConsole.MarkupLine($"{verdict} {answer.Name.EscapeMarkup()}: {answer.Summary.EscapeMarkup()}, {times}");
        foreach (var finding in answer.Findings) AnsiConsole.MarkupLine($"        {(finding.IsFault ? "[red]-[/]" : "[yellow]note:[/]")} {finding.ToString().EscapeMarkup()}");
    }

    private static void PrintJson(Uri address, string model, List<CheckedAnswer> answers) => PrintedJson.Write(json =>
    {
        json.WriteString("url", address.ToString());
        json.WriteString("model", model);
        json.WriteBoolean("ok", answers.TrueForAll(answer => answer.IsGood));
        json.WriteList("answers", answers, static (json, answer) =>
        {
            json.WriteString("asked", answer.Name);
            json.WriteBoolean("ok", answer.IsGood);
            json.WriteNumber("status", answer.Status);
            json.WriteString("summary", answer.Summary);
            json.WriteNumber("firstByteMilliseconds", Math.Round(answer.FirstByte.TotalMilliseconds, 1));
            json.WriteNumber("milliseconds", Math.Round(answer.Total.TotalMilliseconds, 1));
            json.WriteList("findings", answer.Findings, static (json, finding) =>
            {
                json.WriteBoolean("fault", finding.IsFault);
                json.WriteNumber("event", finding.Frame);
                json.WriteString("message", finding.Message);
            });
        });
    });
}
