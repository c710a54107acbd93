using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Recording;
using Dragoman.Replies.Grammar;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary><c>dragoman replay</c>: a recorded request once more, through a gateway with the settings at hand, and what comes of it, event by event.</summary>
internal static class ReplayCommand
{
    // Enough of an event to tell what it is.
    private const int ShownCharacters = 160;

    /// <summary>Adds the command. Exit codes: 0 a good answer, 1 a refusal or an answer with faults, 2 the request or the settings can't be read.</summary>
    public static void AddTo(RootCommand root)
    {
        var path = new Argument<string>("path") { Description = "A folder that `serve --record` made, or a file with the body of a request" };
        var to = new Option<string?>("--to") { Description = "Send it to this provider/model [what the request names]" };
        var recorded = new Option<bool>("--recorded") { Description = "Let the recorded upstream answer, to see what is made of the same bytes now" };
        var asJson = new Option<bool>("--json") { Description = "Print JSON" };
        var options = new ServeOptions();
        var command = new Command("replay", "Send a recorded request again and print events and timings") { path, to, recorded, asJson };
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Interruption.HeedAsync(async stop =>
        {
            var request = Read(parsed.GetValue(path)!, parsed.GetValue(to));
            if (parsed.GetValue(recorded) && request.Folder is null) throw new CliException("--recorded needs a recording, not a request alone", ExitCodes.Wrong);
            var settings = await Discovering.ReadAsync(options, parsed, stop);
            (settings.Port, settings.Host, settings.Key) = (0, "127.0.0.1", null);
            await using var app = ServeCommand.Build(settings, settings.Verbose ? Console.Error : TextWriter.Null, parsed.GetValue(recorded) ? Recorded(request.Folder!) : null);
            await app.StartAsync(stop);
            return await RunAsync(app, request, parsed.GetValue(asJson), stop);
        }, cancellationToken));
        root.Add(command);
    }

    private static ReplayedRequest Read(string path, string? target)
    {
        try
        {
            var request = ReplayedRequest.Read(path);
            return target is null ? request : request.To(target);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CliException(unreadable.Message.Contains(path, StringComparison.Ordinal) ? unreadable.Message : $"{path} can't be replayed: {unreadable.Message}", ExitCodes.Wrong);
        }
    }

    private static Action<IServiceCollection> Recorded(string folder) => services => services.AddSingleton(_ => new UpstreamHttp(inner => new RecordedUpstream(folder, inner, AskedForReal)));

    // A paid answer, or one of another day, must not pass for the recorded one.
    private static void AskedForReal(HttpRequestMessage request) => Terminal.Error.MarkupLineInterpolated($"[yellow]not in the recording, asked for real: {request.Method.Method} {request.RequestUri!.GetLeftPart(UriPartial.Path)}[/]");

    private static async Task<int> RunAsync(WebApplication app, ReplayedRequest replayed, bool asJson, CancellationToken cancellationToken)
    {
        using var http = new UpstreamHttp();
        using var request = new HttpRequestMessage(HttpMethod.Post, ServeCommand.Url(app) + replayed.Path) { Content = new ByteArrayContent(replayed.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in replayed.Headers) request.Headers.TryAddWithoutValidation(name, value);
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        using var response = await http.SendAsync(request, cancellationToken);
        var answer = new ReplayedAnswer(response, time.GetElapsedTime(started));
        if (!asJson) PrintHead(answer);
        await foreach (var step in answer.ReadAsync(time, started, cancellationToken))
        {
            if (!asJson) PrintStep(step);
        }

        if (asJson) PrintJson(answer);
        else PrintEnd(answer);
        return answer.Status == 200 && !answer.Findings.Any(finding => finding.IsFault) ? 0 : 1;
    }

    private static void PrintHead(ReplayedAnswer answer)
    {
        AnsiConsole.MarkupLine($"{Milliseconds(answer.Headers)}  [bold]{answer.Status}[/] {answer.ContentType.EscapeMarkup()}");
        foreach (var (name, value) in answer.Told) AnsiConsole.MarkupLine($"              {name.EscapeMarkup()}: {value.EscapeMarkup()}");
    }

    private static void PrintStep(ReplayedStep step)
    {
        var data = step.Data.ReplaceLineEndings(" ");
        // A refusal has its reason at the end.
        if (step.Event != "body" && data.Length > ShownCharacters) data = data[..ShownCharacters] + "…";
        AnsiConsole.MarkupLine($"{Milliseconds(step.At)}  [blue]{step.Event.EscapeMarkup()}[/] {data.EscapeMarkup()}");
    }

    private static void PrintEnd(ReplayedAnswer answer)
    {
        AnsiConsole.MarkupLine($"{Milliseconds(answer.End)}  end, {answer.Steps.Count} {(answer.IsStream ? "events" : "body")}{(answer.StopReason is { } reason ? $", {reason.EscapeMarkup()}" : "")}");
        foreach (var finding in answer.Findings) AnsiConsole.MarkupLine($"              {(finding.IsFault ? "[red]wrong:[/]" : "[yellow]note:[/]")} {finding.ToString().EscapeMarkup()}");
    }

    private static void PrintJson(ReplayedAnswer answer) => PrintedJson.Write(json =>
    {
        json.WriteNumber("status", answer.Status);
        json.WriteString("contentType", answer.ContentType);
        json.WriteStartObject("headers");
        foreach (var (name, value) in answer.Told) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteNumber("headersAfterMilliseconds", Math.Round(answer.Headers.TotalMilliseconds, 1));
        json.WriteNumber("endAfterMilliseconds", Math.Round(answer.End.TotalMilliseconds, 1));
        if (answer.StopReason is { } reason) json.WriteString("stopReason", reason);
        json.WriteList(answer.IsStream ? "events" : "body", answer.Steps, static (json, step) =>
        {
            json.WriteNumber("afterMilliseconds", Math.Round(step.At.TotalMilliseconds, 1));
            json.WriteString("event", step.Event);
            json.WriteString("data", step.Data);
        });
        json.WriteStrings("faults", answer.Findings.Where(finding => finding.IsFault).Select(finding => finding.ToString()));
    });

    private static string Milliseconds(TimeSpan at) => string.Create(CultureInfo.InvariantCulture, $"{at.TotalMilliseconds,9:N1} ms");
}

/// <summary>One event of an answer, or its whole body.</summary>
internal sealed record ReplayedStep(TimeSpan At, string Event, string Data);

/// <summary>An answer while it comes.</summary>
/// <param name="response">Its head.</param>
/// <param name="headers">When that came.</param>
internal sealed class ReplayedAnswer(HttpResponseMessage response, TimeSpan headers)
{
    /// <summary>HTTP status.</summary>
    public int Status => (int)response.StatusCode;

    /// <summary>Its type.</summary>
    public string ContentType { get; } = response.Content.Headers.ContentType?.ToString() ?? "";

    /// <summary>It is a stream of events.</summary>
    public bool IsStream => ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);

    /// <summary>When its headers came.</summary>
    public TimeSpan Headers => headers;

    /// <summary>When it ended.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>What the gateway says of it in headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Told { get; } = [.. response.Headers.Where(header => header.Key.StartsWith("x-dragoman-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key, string.Join(", ", header.Value)))];

    /// <summary>Its events, or its body.</summary>
    public List<ReplayedStep> Steps { get; } = [];

    /// <summary>The stop reason of a stream.</summary>
    public string? StopReason { get; private set; }

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<GrammarFinding> Findings { get; private set; } = [];

    /// <summary>Reads it to its end; gives what comes as it comes.</summary>
    public async IAsyncEnumerable<ReplayedStep> ReadAsync(TimeProvider time, long started, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frames = new SseFrameParser();
        var grammar = new StreamGrammar();
        using var whole = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 << 10];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (!IsStream)
            {
                await whole.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                continue;
            }

            grammar.Add(buffer.AsMemory(0, read));
            foreach (var frame in frames.Add(buffer.AsMemory(0, read))) yield return Add(time.GetElapsedTime(started), frame.Event ?? "", frame.Data ?? "");
        }

        End = time.GetElapsedTime(started);
        if (IsStream)
        {
            grammar.End();
            (Findings, StopReason) = (grammar.Findings, grammar.StopReason);
        }
        else
        {
            yield return Add(End, "body", Encoding.UTF8.GetString(whole.GetBuffer(), 0, (int)whole.Length));
        }
    }

    private ReplayedStep Add(TimeSpan at, string name, string data)
    {
        var step = new ReplayedStep(at, name, data);
        Steps.Add(step);
        return step;
    }
}
