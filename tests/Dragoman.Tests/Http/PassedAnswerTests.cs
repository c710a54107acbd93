using System.Runtime.CompilerServices;
using System.Text;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Http;

/// <summary>Answers that are passed on, where a target that is translated for was asked before.</summary>
public sealed class PassedAnswerTests
{
    [Fact]
    public async Task A_message_that_the_gateway_has_begun_is_not_begun_again()
    {
        var hold = new TaskCompletionSource();
        var slow = new ScriptedProvider((_, _) => FailAsync(hold.Task));
        await using var gateway = await ScriptedGateway.StartAsync([("first", slow), ("second", new Passing())], options => options.FirstEventGraceSeconds = 0);
        using var response = await gateway.AskAsync(ScriptedGateway.Body(stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("message_start", (await ScriptedGateway.NextAsync(reader))!.Type);
        hold.SetResult();
        Assert.Equal(["message_delta", "message_stop"], (await ScriptedGateway.UntilAsync(reader, "message_stop")).Where(step => step.Type != "ping").Select(step => step.Type));
    }

    [Fact]
    public async Task A_request_that_only_the_second_target_understands_goes_there_at_once()
    {
        var first = ScriptedProvider.Saying(ScriptedProvider.Text("x"), ScriptedProvider.Done());
        await using var gateway = await ScriptedGateway.StartAsync([("first", first), ("second", new Passing())]);
        var (_, body) = await gateway.SendAsync("""{"model":"m","max_tokens":1,"stream":true,"messages":[{"role":"narrator","content":"x"}]}""");
        Assert.Equal(["message_start", "message_delta", "message_stop"], SseEvent.ParseAll(body).Select(step => step.Type));
        Assert.Equal(0, first.Asked);
    }

    private static async IAsyncEnumerable<ReplyEvent> FailAsync(Task hold)
    {
        yield return ScriptedProvider.Opened();
        await hold;
        yield return ReplyEvent.Failed(new UpstreamError(UpstreamErrorKind.Overloaded, "no"));
    }

    private sealed class Passing : IPassThrough
    {
        public async IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return ReplyEvent.Open(new Opened(default, [], default) { Passes = true });
            yield return ReplyEvent.OfPassedStart(Frame("message_start"), new UpstreamHead(null, []));
            yield return ReplyEvent.OfPassed(Frame("message_delta"));
            yield return ReplyEvent.OfPassed(Frame("message_stop"));
            yield return ReplyEvent.Finished(new Finish(StopReason.EndTurn, new Usage(1, 1)) { PassedReason = "end_turn" });
        }

        public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ModelInfo>>([]);

        public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => ValueTask.FromResult<int?>(null);

        public ValueTask<PassedAnswer?> CountAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => ValueTask.FromResult<PassedAnswer?>(null);

        private static byte[] Frame(string type) => Encoding.UTF8.GetBytes($"event: {type}\ndata: {{\"type\":\"{type}\"}}\n\n");
    }
}
