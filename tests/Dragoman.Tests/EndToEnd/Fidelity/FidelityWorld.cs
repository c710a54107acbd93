using System.Text;
using Dragoman.Tests.EndToEnd.Apis;
using Dragoman.Tests.Providers;
using Dragoman.Tests.Providers.Media;
using Dragoman.Upstreams.Anthropic;
using Dragoman.Upstreams.Gemini;
using Dragoman.Upstreams.Ollama;
using Dragoman.Upstreams.OpenAi;

namespace Dragoman.Tests.EndToEnd.Fidelity;

/// <summary>Gathers the <see cref="Evidence"/> of one API: the dense request against a simulation that refuses what the real API refuses, then scripted answers byte by byte.</summary>
internal static class FidelityWorld
{
    /// <summary>The picture that the dense request names by its URL.</summary>
    public const string Picture = "UElDVFVSRQ==";

    private const string Tools = """ "tools":[{"name":"Read","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}}}},{"name":"Shot","input_schema":{"type":"object","properties":{"display":{"type":"integer"}}}}],"thinking":{"type":"adaptive","display":"summarized"}, """;

    /// <summary>Sends everything and looks at everything.</summary>
    public static async Task<Evidence> LookAsync(UpstreamApi api)
    {
        var views = new Dictionary<string, ClientView>(StringComparer.Ordinal)
        {
            ["dense"] = await StreamAsync(api, api.Dense, Tools),
            ["single"] = await StreamAsync(api, api.Dense, Tools + """ "tool_choice":{"type":"auto","disable_parallel_tool_use":true}, """),
            ["stop"] = await StreamAsync(api, api.Head + api.Piece("before STOP-") + api.Piece("HERE after") + api.Tail, """ "stop_sequences":["STOP-HERE"], """),
            ["error"] = await StreamAsync(api, api.Head + api.Piece("I begin") + api.Failure("the upstream's own words")),
            ["cut"] = await StreamAsync(api, api.Head + api.Piece("I begin")),
            ["silence"] = await SilentAsync(api),
            ["whole"] = await AskAsync(api, RawAnswer.Whole(api.Whole ?? api.Head + api.Piece("I begin") + api.Piece(" and I end.") + api.Tail, type: api.Whole is null ? api.StreamType : "application/json"), stream: false),
            ["429"] = await AskAsync(api, RawAnswer.Whole(api.Refusal(429, "the upstream's own words"), 429, headers: "Retry-After: 7\r\n"), stream: true),
            ["overflow"] = await AskAsync(api, RawAnswer.Whole(api.Overflow, 400), stream: true),
            ["count"] = await AskAsync(api, RawAnswer.Whole("{}"), stream: false, path: "/v1/messages/count_tokens"),
        };
        views["next"] = await NextTurnAsync(api, views["dense"]);
        var (status, answer, body, degraded) = await DenseAsync(api);
        return new Evidence(api) { Body = body, Degraded = degraded, Status = status, Answer = answer, Views = views };
    }

    private static async Task<(int Status, string Answer, string Body, IReadOnlyList<string> Degraded)> DenseAsync(UpstreamApi api)
    {
        var (server, url, sent) = await SimulationAsync(api);
        await using var simulation = server;
        await using var files = new FileServer("200 OK\r\nContent-Type: image/png", Convert.FromBase64String(Picture));
        using var reader = new Script("cat > /dev/null; echo PDF-TEXT");
        await using var gateway = await ApiGateway.StartAsync(api, url, options =>
        {
            options.PdfToText = reader.Path;
            options.Fetch.AllowPrivateHosts.Add("127.0.0.1");
        });
        var request = Encoding.UTF8.GetString(DenseRequest.Bytes)
            .Replace("claude-opus-5-5", api.Target, StringComparison.Ordinal)
            .Replace("https://x.example/URL-IMAGE.png", files.Url("URL-IMAGE.png"), StringComparison.Ordinal);
        var (response, answer) = await gateway.SendAsync(request);
        using var got = response;
        var degraded = got.Headers.TryGetValues("x-dragoman-degraded", out var words) ? words.Single().Split(", ") : [];
        return ((int)got.StatusCode, answer, CaseFolder.Squeeze(Encoding.UTF8.GetBytes(sent())), degraded);
    }

    private static async Task<(IAsyncDisposable Server, Uri Url, Func<string> Sent)> SimulationAsync(UpstreamApi api)
    {
        if (api == UpstreamApis.Ollama)
        {
            var ollama = await SimulatedOllama.StartAsync(OllamaScenario.Agent());
            return (ollama, ollama.Url, () => ollama.ChatRequests[^1]);
        }

        if (api == UpstreamApis.Gemini)
        {
            var gemini = await SimulatedGemini.StartAsync(GeminiScenario.Agent() with { ApiKey = "AIza-test" });
            return (gemini, gemini.Url, () => gemini.GenerateRequests[^1]);
        }

        if (api == UpstreamApis.Anthropic)
        {
            var anthropic = await SimulatedAnthropic.StartAsync(AnthropicScenario.Agent());
            return (anthropic, anthropic.Url, () => anthropic.Asked[^1].Body);
        }

        var openAi = await SimulatedOpenAi.StartAsync(OpenAiScenario.Agent() with { Model = api.Model });
        return (openAi, new Uri(openAi.Url, "/"), () => openAi.Requests.Last(request => request.Method == "POST").Body);
    }

    private static Task<ClientView> StreamAsync(UpstreamApi api, string body, string fields = "") => AskAsync(api, RawAnswer.Chunked(body, api.StreamType, isEnded: true), stream: true, fields);

    private static async Task<ClientView> AskAsync(UpstreamApi api, RawAnswer answer, bool stream, string fields = "", string path = "/v1/messages?beta=true")
    {
        await using var upstream = new RawUpstream(api.Behaviour(_ => answer));
        await using var gateway = await ApiGateway.StartAsync(api, upstream.Url);
        var (response, text) = await gateway.SendAsync(ApiGateway.Question(api.Target, stream, fields), path);
        return View(response, text, upstream, api);
    }

    // The upstream holds back until the client has had a sign of life.
    private static async Task<ClientView> SilentAsync(UpstreamApi api)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = new RawUpstream(api.Behaviour(_ => RawAnswer.Chunked(api.Head + api.Piece("late") + api.Tail, api.StreamType, isEnded: true) with { Before = go.Task }));
        await using var gateway = await ApiGateway.StartAsync(api, upstream.Url, options => (options.FirstEventGraceSeconds, options.PingIntervalSeconds) = (0, 0.05));
        using var response = await gateway.AskAsync(ApiGateway.Question(api.Target, stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        // A ping, or the comment that does its work before the upstream's own beginning.
        var seen = await ApiGateway.ReadUntilAsync(reader, api.PassesErrors ? ": waiting" : "event: ping");
        go.SetResult();
        return View(response, seen + await ApiGateway.ReadRestAsync(reader), upstream, api);
    }

    // The blocks that came are sent back as they came, with results in the other order.
    private static async Task<ClientView> NextTurnAsync(UpstreamApi api, ClientView first)
    {
        var blocks = SseEvent.Blocks(first.Events);
        var calls = blocks.Where(block => block.GetProperty("type").ValueEquals("tool_use")).Select(block => block.GetProperty("id").GetString()!).ToList();
        var results = calls.AsEnumerable().Reverse().Select(id => $$"""{"type":"tool_result","tool_use_id":"{{id}}","content":"ran"}""");
        var question = ApiGateway.Question(api.Target, stream: true, Tools);
        question = question[..^2] + $$""",{"role":"assistant","content":[{{string.Join(',', blocks.Select(block => block.GetRawText()))}}]},{"role":"user","content":[{{string.Join(',', results)}}]}]}""";
        await using var upstream = new RawUpstream(api.Behaviour(_ => RawAnswer.Chunked(api.Head + api.Piece("done") + api.Tail, api.StreamType, isEnded: true)));
        await using var gateway = await ApiGateway.StartAsync(api, upstream.Url);
        var (response, text) = await gateway.SendAsync(question);
        return View(response, text, upstream, api);
    }

    private static ClientView View(HttpResponseMessage response, string text, RawUpstream upstream, UpstreamApi api)
    {
        using var seen = response;
        var sent = upstream.Requests.LastOrDefault(request => api.Question(request) is null);
        return new ClientView((int)seen.StatusCode, seen.Headers.RetryAfter?.Delta?.TotalSeconds, text, sent?.Path ?? "", sent?.Body ?? "");
    }
}
