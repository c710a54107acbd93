using System.Net;
using System.Net.Sockets;
using System.Text;
using Dragoman.Upstreams.Ollama;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Upstreams;

/// <summary>How the simulated Ollama writes: pieces, endings, waiting, aborts.</summary>
public sealed class SimulatedOllamaStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(99)]
    public async Task Split_bytes_reassemble_to_the_same_lines(int seed)
    {
        var scenario = OllamaScenario.InTurn(new ChatReply().Text("Grüße aus 東京 🚀").ToolCall("f", """{"b":"ä","a":1}""")) with { Clock = new StoppedClock() };
        await using var whole = await OllamaClient.StartAsync(scenario);
        await using var split = await OllamaClient.StartAsync(scenario.SplitBytes(seed));

        var expected = await whole.ChatAsync(OllamaClient.Ask("hi"));
        var actual = await split.ChatAsync(OllamaClient.Ask("hi"));

        Assert.Equal(expected, actual);
        var lines = expected.Body.Count(symbol => symbol == '\n');
        Assert.Equal(lines, await CountFlushesAsync(whole.Server.Url));
        Assert.True(await CountFlushesAsync(split.Server.Url) > 3 * lines);
    }

    [Fact]
    public async Task Client_abort_closes_the_call()
    {
        using var never = new SemaphoreSlim(0);
        using var patience = new CancellationTokenSource(Patience);
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(new ChatReply().Text("one").WaitFor(never)));

        using (var response = await client.SendAsync(OllamaClient.Ask("hi"), patience.Token))
        {
            Assert.Equal(1, client.Server.OpenChats);
        }

        await client.Server.WaitForOpenChatsAsync(0, patience.Token);
        Assert.Equal(1, client.Server.AbortedChats);
    }

    [Fact]
    public async Task Client_abort_before_the_first_token_closes_the_call()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var abort = new CancellationTokenSource();
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(new ChatReply().Silence(TimeSpan.FromHours(1))));

        var call = Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(OllamaClient.Ask("hi"), abort.Token));
        await client.Server.WaitForChatsAsync(1, patience.Token);
        await abort.CancelAsync();

        await call;
        await client.Server.WaitForOpenChatsAsync(0, patience.Token);
        Assert.Equal(1, client.Server.AbortedChats);
    }

    [Fact]
    public async Task Headers_leave_with_the_first_token()
    {
        using var gate = new SemaphoreSlim(0);
        using var patience = new CancellationTokenSource(Patience);
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(new ChatReply().WaitFor(gate).Text("one")));

        var call = client.SendAsync(OllamaClient.Ask("hi"), patience.Token);
        await client.Server.WaitForOpenChatsAsync(1, patience.Token);
        Assert.False(call.IsCompleted);
        gate.Release();

        using var response = await call;
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Error_is_a_status_before_the_first_byte_and_a_line_after_it()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(
            new ChatReply().Error("no runner"), new ChatReply().Text("one").Error("runner died")));

        Assert.Equal((HttpStatusCode.InternalServerError, """{"error":"no runner"}"""), await client.ChatAsync(OllamaClient.Ask("hi")));
        var (status, body) = await client.ChatAsync(OllamaClient.Ask("hi"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.EndsWith("\n{\"error\":\"runner died\"}\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_error_carries_its_headers()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(
            ChatReply.HttpError(503, """{"error":"server busy"}""", ("Retry-After", "7"))));

        using var response = await client.SendAsync(OllamaClient.Ask("hi"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Drop_cuts_the_connection_and_is_no_abort_of_the_client()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var read = new SemaphoreSlim(0);
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(new ChatReply().Text("one").WaitFor(read).Drop()));

        using var response = await client.SendAsync(OllamaClient.Ask("hi"), patience.Token);
        read.Release();

        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(patience.Token));
        await client.Server.WaitForOpenChatsAsync(0, patience.Token);
        Assert.Equal(0, client.Server.AbortedChats);
    }

    [Fact]
    public async Task Stream_may_end_without_done_and_without_line_feed()
    {
        var scenario = OllamaScenario.InTurn(new ChatReply().Text("one").EndWithoutDone(), new ChatReply().Text("two")) with { NoTrailingNewline = true };
        await using var client = await OllamaClient.StartAsync(scenario);

        var (_, cut) = await client.ChatAsync(OllamaClient.Ask("hi"));
        var (_, complete) = await client.ChatAsync(OllamaClient.Ask("hi"));

        Assert.DoesNotContain("\"done\":true", cut, StringComparison.Ordinal);
        Assert.EndsWith("}", complete, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_sequence_cuts_the_text_however_it_is_split_into_tokens()
    {
        var pieces = Gen.Elements("a", "<", "e", "<e", "nd", ">", "<end", "é").NonEmptyListOf();
        string[] current = [];
        await using var client = await OllamaClient.StartAsync(OllamaScenario.Always(() => new ChatReply().Text(pieces: current)));

        // The property runs one case at a time, so that the scenario may read the current one.
        Prop.ForAll(pieces.ToArbitrary(), async tokens =>
        {
            current = [.. tokens];
            var text = string.Concat(current);
            var cut = text.IndexOf("<end>", StringComparison.Ordinal);
            var lines = await client.LinesAsync(OllamaClient.Ask("hi", ""","options":{"stop":["<end>"]}"""));
            return OllamaClient.Content(lines) == (cut < 0 ? text : text[..cut]) && lines[^1].GetProperty("done_reason").GetString() == "stop";
        }).Check(Seeded.Config);
    }

    [Fact]
    public async Task Token_limit_ends_with_length()
    {
        await using var client = await OllamaClient.StartAsync(OllamaScenario.InTurn(new ChatReply().RepeatText(100)));

        var lines = await client.LinesAsync(OllamaClient.Ask("hi", ""","options":{"num_predict":3}"""));

        Assert.Equal("w1 w2 w3 ", OllamaClient.Content(lines));
        Assert.Equal("length", lines[^1].GetProperty("done_reason").GetString());
        Assert.Equal(3, lines[^1].GetProperty("eval_count").GetInt32());
    }

    /// <summary>How often the server flushed: each flush is one chunk of the chunked encoding.</summary>
    private static async Task<int> CountFlushesAsync(Uri server)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port);
        var body = OllamaClient.Ask("hi");
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
            $"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        using var received = new MemoryStream();
        await connection.GetStream().CopyToAsync(received);

        // One byte is one character here, so that chunk sizes count characters.
        var text = Encoding.Latin1.GetString(received.ToArray());
        var position = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        for (var count = 0; ; count++)
        {
            var lineEnd = text.IndexOf("\r\n", position, StringComparison.Ordinal);
            var size = Convert.ToInt32(text[position..lineEnd], 16);
            if (size == 0)
            {
                return count;
            }

            position = lineEnd + 2 + size + 2;
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
