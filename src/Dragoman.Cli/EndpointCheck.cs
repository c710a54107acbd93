using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Replies.Grammar;

namespace Dragoman.Cli;

/// <summary>What came of one request to an endpoint.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Summary">What came, in a few words.</param>
/// <param name="FirstByte">From the request to the first byte of the answer's body.</param>
/// <param name="Total">From the request to the answer's end.</param>
/// <param name="Findings">What is not as the protocol has it.</param>
internal sealed record CheckedAnswer(string Name, int Status, string Summary, TimeSpan FirstByte, TimeSpan Total, IReadOnlyList<GrammarFinding> Findings)
{
    /// <summary>No client would break on it.</summary>
    public bool IsGood => !Findings.Any(finding => finding.IsFault);
}

/// <summary>Asks any endpoint of the Messages API a few small questions and checks the answers against the protocol.</summary>
/// <param name="http">Connections.</param>
/// <param name="address">Where <c>/v1/messages</c> is.</param>
/// <param name="key">The key to show; null for none.</param>
/// <param name="time">The clock.</param>
/// <param name="answerLimit">How long an answer may take to its end.</param>
internal sealed class EndpointCheck(UpstreamHttp http, Uri address, string? key, TimeProvider time, TimeSpan answerLimit)
{
    // The answers that are asked for are some hundred bytes; a page of nonsense must not fill the memory.
    private const int MaxAnswerBytes = 16 << 20;

    // A list of models is made without a model.
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(10);

    private const string ToolRequest = """
        ,"max_tokens":1024,"stream":true,"tools":[{"name":"get_weather","description":"The weather in a city.","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}],
        "tool_choice":{"type":"tool","name":"get_weather"},"messages":[{"role":"user","content":"What is the weather in Paris? Call the tool."}]}
        """;

    /// <summary>The address of <c>/v1/messages</c>, of which people give the whole or the beginning.</summary>
    public static Uri MessagesAddress(Uri given)
    {
        var path = given.AbsolutePath.TrimEnd('/');
        if (!path.EndsWith("/messages", StringComparison.Ordinal)) path += path.EndsWith("/v1", StringComparison.Ordinal) ? "/messages" : "/v1/messages";
        return new UriBuilder(given) { Path = path }.Uri;
    }

    /// <summary>The first model that the endpoint lists; null when it lists none.</summary>
    /// <exception cref="HttpRequestException">The endpoint can't be reached, or says nothing.</exception>
    public async Task<string?> FirstModelAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ListLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = Request(HttpMethod.Get, new Uri(address, "models"));
            using var response = await http.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK) return null;
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            using var list = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return list.RootElement.GetProperty("data")[0].GetProperty("id").GetString();
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested)
        {
            throw new HttpRequestException($"it doesn't list its models within {ListLimit.TotalSeconds:0} s (with --model it isn't asked to)", late);
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            // No list of models, or an empty one; the model must be named then.
            return null;
        }
    }

    /// <summary>Asks all questions, one after the other.</summary>
    /// <exception cref="HttpRequestException">The endpoint can't be reached.</exception>
    public async IAsyncEnumerable<CheckedAnswer> RunAsync(string model, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var head = $"{{\"model\":\"{JsonEncodedText.Encode(model)}\"";
        yield return await AskAsync("a text, streamed", head + ""","max_tokens":256,"stream":true,"messages":[{"role":"user","content":"Say hello in one short sentence."}]}""", CheckStream, cancellationToken);
        yield return await AskAsync("a tool call, streamed", head + ToolRequest, CheckToolStream, cancellationToken);
        yield return await AskAsync("a message in one piece", head + ""","max_tokens":256,"messages":[{"role":"user","content":"Say hello in one short sentence."}]}""", CheckWhole, cancellationToken);
        yield return await AskAsync("a wrong request", head + ""","max_tokens":256,"messages":"nonsense"}""", CheckRefusal, cancellationToken);
    }

    private async Task<CheckedAnswer> AskAsync(string name, string body, Func<Answer, CheckedAnswer> check, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(answerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return check(await AnswerAsync(name, body, either.Token));
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested)
        {
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{name} didn't end within {answerLimit.TotalSeconds:0.#} s (--timeout)"), late);
        }
    }

    private async Task<Answer> AnswerAsync(string name, string body, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, address);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var started = time.GetTimestamp();
        using var response = await http.SendAsync(request, cancellationToken);
        using var received = new MemoryStream();
        var firstByte = TimeSpan.Zero;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 << 10];
        while (received.Length < MaxAnswerBytes && await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (received.Length == 0) firstByte = time.GetElapsedTime(started);
            await received.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return new Answer(name, response, received.ToArray(), firstByte, time.GetElapsedTime(started));
    }

    private static CheckedAnswer CheckStream(Answer answer)
    {
        if (answer.Refused() is { } refused) return refused;
        var grammar = StreamGrammar.Check(answer.Body);
        return answer.With(Summary(grammar), [.. answer.TypeFindings("text/event-stream"), .. grammar.Findings]);
    }

    private static CheckedAnswer CheckToolStream(Answer answer)
    {
        if (answer.Refused() is { } refused) return refused;
        var grammar = StreamGrammar.Check(answer.Body);
        var findings = answer.TypeFindings("text/event-stream").Concat(grammar.Findings);
        if (grammar.Calls.Count == 0 && grammar.Error is null) findings = findings.Append(new GrammarFinding(0, IsFault: true, "the tool was not called, although tool_choice forces the call"));
        return answer.With(Summary(grammar), [.. findings]);
    }

    private static CheckedAnswer CheckWhole(Answer answer)
    {
        if (answer.Refused() is { } refused) return refused;
        return answer.With($"{answer.Body.Length:N0} bytes", [.. answer.TypeFindings("application/json"), .. MessageGrammar.Check(answer.Body)]);
    }

    private static CheckedAnswer CheckRefusal(Answer answer)
    {
        var findings = answer.Status is >= 400 and < 500 ? [] : new List<GrammarFinding> { new(0, IsFault: true, $"messages that are a string are answered with {answer.Status} instead of 400") };
        if (answer.Status >= 400) findings.AddRange([.. answer.TypeFindings("application/json"), .. MessageGrammar.CheckRefusal(answer.Body)]);
        return answer.With($"refused with {answer.Status}", findings);
    }

    private static string Summary(StreamGrammar grammar) =>
        grammar.Error is { } error ? $"{grammar.Frames} events, error: {error}" : $"{grammar.Frames} events, blocks {(grammar.Blocks.Count == 0 ? "none" : string.Join(" ", grammar.Blocks))}, {grammar.StopReason ?? "no stop reason"}";

    private HttpRequestMessage Request(HttpMethod method, Uri uri)
    {
        var request = new HttpRequestMessage(method, uri);
        request.Headers.Add("anthropic-version", "2023-06-01");
        if (key is not null) request.Headers.TryAddWithoutValidation("x-api-key", key);
        return request;
    }

    private sealed record Answer(string Name, HttpResponseMessage Response, byte[] Body, TimeSpan FirstByte, TimeSpan Total)
    {
        public int Status => (int)Response.StatusCode;

        public CheckedAnswer With(string summary, IReadOnlyList<GrammarFinding> findings) => new(Name, Status, summary, FirstByte, Total, findings);

        // A request that should be answered, and is not.
        public CheckedAnswer? Refused()
        {
            if (Status == 200) return null;
            const int shown = 300;
            var text = Encoding.UTF8.GetString(Body);
            return With($"refused with {Status}", [new GrammarFinding(0, IsFault: true, $"HTTP {Status}: {(text.Length > shown ? text[..shown] + "…" : text)}"), .. MessageGrammar.CheckRefusal(Body)]);
        }

        public IEnumerable<GrammarFinding> TypeFindings(string expected)
        {
            var type = Response.Content.Headers.TryGetValues("Content-Type", out var values) && MediaTypeHeaderValue.TryParse(values.First(), out var parsed) ? parsed.MediaType : null;
            if (!string.Equals(type, expected, StringComparison.OrdinalIgnoreCase)) yield return new GrammarFinding(0, IsFault: true, $"Content-Type is '{type}' instead of {expected}");
        }
    }
}
