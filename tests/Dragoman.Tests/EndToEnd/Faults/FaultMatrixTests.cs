using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Tests.EndToEnd.Apis;

namespace Dragoman.Tests.EndToEnd.Faults;

/// <summary>
/// Every way in which an upstream fails (<see cref="Fault.All"/>), with every API, for a stream, for a stream that has begun already, and for a whole answer:
/// the right error in bounded time, never silence, never a good end; and with another target in line, a good answer from that.
/// </summary>
public sealed partial class FaultMatrixTests
{
    private const string Stream = "stream";

    // The grace is over when the fault comes: the status has left, and the error must be an event.
    private const string LateStream = "late stream";

    private const string Whole = "whole";

    // The server is out of order as a whole: what it is asked about its models fails in the same way.
    private const string DeadServer = "stream from a dead server";

    /// <summary>API, fault, form of the answer.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> Rows() =>
        from api in UpstreamApis.All
        from fault in Fault.All
        from form in (string[])[Stream, LateStream, Whole, DeadServer]
        where form is Stream or Whole || (!fault.IsMidStream && fault.Answer is not null)
        // A question about models is given 10 s, whatever the settings.
        where form != DeadServer || !fault.Name.StartsWith("hang", StringComparison.Ordinal)
        select new TheoryDataRow<string, string, string>(api.Name, fault.Name, form);

    /// <summary>The same, as long as nothing of the answer has left.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> RowsBeforeTheFirstEvent() =>
        from row in Rows()
        where !Fault.All.Single(fault => fault.Name == row.Data.Item2).IsMidStream
        select row;

    [GeneratedRegex(@"\b([Cc]heck|[Cc]orrect|[Ss]et|[Rr]un|[Ss]tart|[Ss]ign in|[Rr]aise|[Tt]ry|[Ww]ait|give|lists)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Advice();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_fault_ends_in_the_right_error(string apiName, string faultName, string form)
    {
        await using var scene = await Scene.StartAsync(apiName, faultName, form);
        var (api, fault) = (scene.Api, scene.Fault);
        var told = form == DeadServer && api == UpstreamApis.Ollama && fault.Name == "reset before the headers"
            // The question comes first, and its answer is needed: for it such a server is one that can't be reached.
            ? new Told(503, "api_error")
            : fault.ToldBy(api);
        var (response, body) = await scene.PlayAsync(api.Target);
        JsonElement error;
        if (form == LateStream || (form == Stream && fault.IsMidStream))
        {
            var events = ApiGateway.Events(body);
            Assert.Equal((200, "error"), ((int)response.StatusCode, events[^1].Type));
            Assert.DoesNotContain(events, step => step.Type is "message_delta" or "message_stop");
            error = events[^1].Data;
        }
        else
        {
            Assert.True(told.Status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            if (fault.RetryAfter is { } seconds) Assert.Equal(TimeSpan.FromSeconds(seconds), response.Headers.RetryAfter?.Delta);
            error = JsonElement.Parse(body);
        }

        Assert.Equal(("error", told.Type), (error.GetProperty("type").GetString(), error.GetProperty("error").GetProperty("type").GetString()));
        Assert.NotEmpty(error.GetProperty("request_id").GetString()!);
        var message = error.GetProperty("error").GetProperty("message").GetString()!;
        // Ollama's 404 says less than what is known: the model isn't installed, and how to get it.
        if (fault.IsSaid && told.Type != "not_found_error") Assert.Contains("the upstream's own words", message, StringComparison.Ordinal);
        if (fault.IsSaid && api.PassesErrors) return;
        Assert.Contains(UpstreamApi.Provider, message, StringComparison.Ordinal);
        Assert.Matches(Advice(), message);
    }

    [Theory]
    [MemberData(nameof(RowsBeforeTheFirstEvent))]
    public async Task A_fault_before_the_first_event_leads_to_the_next_target(string apiName, string faultName, string form)
    {
        await using var scene = await Scene.StartAsync(apiName, faultName, form);
        var (response, body) = await scene.PlayAsync(ApiGateway.Chained);
        Assert.True((int)response.StatusCode == 200, body);
        if (form == Whole)
        {
            Assert.Equal("end_turn", JsonElement.Parse(body).GetProperty("stop_reason").GetString());
        }
        else
        {
            var events = ApiGateway.Events(body);
            Assert.Equal("message_start", events[0].Type);
            Assert.Single(events, step => step.Type == "message_start");
            Assert.Equal(("end_turn", "message_stop"), (SseEvent.StopReason(events), events[^1].Type));
            Assert.NotEmpty(SseEvent.Text(events));
        }

        // A late stream's headers were out before anybody knew.
        if (form != LateStream) Assert.Equal("demo/demo", response.Headers.GetValues("x-dragoman-model").Single());
    }

    /// <summary>A gateway, and an upstream that fails in one way. Nothing here waits for time: the upstream holds back until the client has seen what it must have seen.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private RawUpstream _upstream = null!;
        private ApiGateway _gateway = null!;

        private Scene(UpstreamApi api, Fault fault, string form) => (Api, Fault, Form) = (api, fault, form);

        public UpstreamApi Api { get; }

        public Fault Fault { get; }

        private string Form { get; }

        private bool Streams => Form != Whole;

        public static async Task<Scene> StartAsync(string api, string fault, string form)
        {
            var scene = new Scene(UpstreamApis.All.Single(row => row.Name == api), Fault.All.Single(row => row.Name == fault), form);
            scene._upstream = new RawUpstream(scene.Behaviour());
            scene._gateway = await ApiGateway.StartAsync(scene.Api, scene._upstream.Url, options =>
            {
                options.FirstEventGraceSeconds = form == LateStream ? 0 : 15;
                options.IdleTimeoutSeconds = 0.3;
                options.PingIntervalSeconds = 60;
            });
            return scene;
        }

        public async Task<(HttpResponseMessage Response, string Body)> PlayAsync(string model)
        {
            var response = await _gateway.AskAsync(ApiGateway.Question(model, Streams));
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            var seen = "";
            if (Form == LateStream) seen = await ApiGateway.ReadUntilAsync(reader, ":");
            else if (Streams && Fault.IsMidStream) seen = await ApiGateway.ReadUntilAsync(reader, "I begin");
            _go.TrySetResult();
            return (response, seen + await ApiGateway.ReadRestAsync(reader));
        }

        private Func<RawRequest, RawAnswer>? Behaviour()
        {
            if (Fault.Answer is not { } answer) return null;
            return Form == DeadServer ? _ => answer(Api, Streams) : Api.Behaviour(_ => Held(answer(Api, Streams)));
        }

        // A late stream's upstream says nothing before the client has a head; what fails in mid-stream does so once the client has seen the beginning.
        private RawAnswer Held(RawAnswer answer) => Form switch
        {
            LateStream => answer with { Before = _go.Task },
            Stream when Fault.IsMidStream => answer with { BeforeEnding = _go.Task },
            _ => answer,
        };

        public async ValueTask DisposeAsync()
        {
            await _gateway.DisposeAsync();
            await _upstream.DisposeAsync();
        }
    }
}
