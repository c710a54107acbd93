using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Replies.Grammar;

namespace Dragoman.Cli.Doctor;

/// <summary>Checks that make models work, through the gateway as a client would: they cost time, and with some upstreams a fraction of a cent.</summary>
internal static class DeepChecks
{
    // A large model may load for minutes before it says a word.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(10);

    private const string Tool = """{"name":"get_weather","description":"The weather in a city.","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";

    /// <summary>It says one token.</summary>
    public static IAsyncEnumerable<DoctorFinding> AnswersAsync(DoctorPatient patient, CancellationToken cancellationToken) => AskAsync(
        patient,
        patient.Default,
        ""","max_tokens":1,"messages":[{"role":"user","content":"Say hello."}]}""",
        static (_, time) => (true, string.Create(CultureInfo.InvariantCulture, $"answers; the first token took {time.TotalSeconds:0.0} s")),
        cancellationToken);

    /// <summary>It calls a tool when it is told to.</summary>
    public static IAsyncEnumerable<DoctorFinding> CallsToolsAsync(DoctorPatient patient, CancellationToken cancellationToken) => CallsToolsAsync(patient, patient.Default, cancellationToken);

    /// <summary>So do the models that the tiers lead to.</summary>
    public static async IAsyncEnumerable<DoctorFinding> TiersCallToolsAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var tier in await patient.TierModelsAsync(cancellationToken))
        {
            // That it can't was said by another check.
            if (tier.Info is not { Tools: true }) continue;
            await foreach (var finding in CallsToolsAsync(patient, tier.Target, cancellationToken)) yield return finding;
        }
    }

    /// <summary>It thinks when it is asked to, if it says that it can.</summary>
    public static async IAsyncEnumerable<DoctorFinding> ThinksAsync(DoctorPatient patient, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await patient.DefaultModelAsync(cancellationToken) is not { Thinking: true }) yield break;
        var findings = AskAsync(
            patient,
            patient.Default,
            ""","max_tokens":2048,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":"Which is larger, 9.11 or 9.9?"}]}""",
            static (answer, _) => answer.Blocks.Contains("thinking") ? (true, "thinks") : (false, "showed no thinking, although its provider says that it can"),
            cancellationToken);
        await foreach (var finding in findings) yield return finding;
    }

    private static IAsyncEnumerable<DoctorFinding> CallsToolsAsync(DoctorPatient patient, Target target, CancellationToken cancellationToken) => AskAsync(
        patient,
        target,
        $$""","max_tokens":1024,"tools":[{{Tool}}],"messages":[{"role":"user","content":"What is the weather in Paris? Call the tool get_weather."}]}""",
        static (answer, _) => answer.Calls.Count > 0 ? (true, "calls tools") : (false, "did not call the tool that it was told to call; as an agent it would do nothing"),
        cancellationToken);

    private static async IAsyncEnumerable<DoctorFinding> AskAsync(
        DoctorPatient patient, Target target, string rest, Func<StreamGrammar, TimeSpan, (bool Good, string Message)> judge, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (target.Provider == ProviderSet.DemoName) yield break;
        var subject = target.ToString();
        var started = patient.Time.GetTimestamp();
        var (status, body) = await SendAsync(patient, target, rest, cancellationToken);
        if (status != 200 || body is null)
        {
            yield return DoctorFinding.Wrong(subject, body is null ? $"did not answer within {AnswerLimit.TotalMinutes:0} minutes" : Reason(body));
            yield break;
        }

        var answer = StreamGrammar.Check(body);
        if (answer.Error is { } error)
        {
            yield return DoctorFinding.Wrong(subject, error);
            yield break;
        }

        var (good, message) = judge(answer, patient.Time.GetElapsedTime(started));
        yield return good ? DoctorFinding.Good(subject, message) : DoctorFinding.Warning(subject, message, "another model: dragoman models lists those that are there");
        foreach (var fault in answer.Findings.Where(finding => finding.IsFault)) yield return DoctorFinding.Wrong(subject, $"its answer breaks clients: {fault}", "dragoman check-stream tells all; for a server of the anthropic type that is its own fault");
    }

    // No body: it took too long.
    private static async Task<(int Status, byte[]? Body)> SendAsync(DoctorPatient patient, Target target, string rest, CancellationToken cancellationToken)
    {
        using var http = new UpstreamHttp();
        using var late = new CancellationTokenSource(AnswerLimit, patient.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(patient.Url, "/v1/messages"));
        request.Content = new StringContent($"{{\"model\":\"{JsonEncodedText.Encode(target.ToString())}\",\"stream\":true{rest}", System.Text.Encoding.UTF8, "application/json");
        try
        {
            using var response = await http.SendAsync(request, limit.Token);
            return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit.Token));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (0, null);
        }
    }

    private static string Reason(byte[] body)
    {
        using var error = JsonDocument.Parse(body);
        return error.RootElement.GetProperty("error").GetProperty("message").GetString()!;
    }
}
