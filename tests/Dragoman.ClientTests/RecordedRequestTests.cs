using System.Net;
using System.Text;
using System.Text.Json;
using Dragoman.ClientTests.Processes;

namespace Dragoman.ClientTests;

/// <summary>Requests that Claude Code sent once, headers included: also those of an interactive session, which no test drives.</summary>
public sealed class RecordedRequestTests(GatewayWorld world) : IClassFixture<GatewayWorld>
{
    /// <summary>All recordings, by name.</summary>
    public static TheoryData<string> Names { get; } = [.. Headers.EnumerateObject().Select(recording => recording.Name)];

    private static string Folder => Path.Combine(Installed.SourceDirectory, "Recorded");

    private static JsonElement Headers => JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, "headers.json")));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_recorded_request_is_answered_whole(string name)
    {
        var (status, body, _) = await SendAsync(name);
        Assert.True(status == HttpStatusCode.OK, body);
        if (name.Contains("count-tokens", StringComparison.Ordinal)) Assert.True(JsonElement.Parse(body).GetProperty("input_tokens").GetInt32() > 0, body);
        else Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", body);
    }

    [Fact]
    public async Task A_title_is_held_to_its_schema()
    {
        var (_, body, _) = await SendAsync("claude-code-title");
        var text = string.Concat(body.Split('\n')
            .Where(line => line.StartsWith("data: ", StringComparison.Ordinal) && line.Contains("text_delta", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line[6..]).GetProperty("delta").GetProperty("text").GetString()));
        Assert.Equal(JsonValueKind.String, JsonElement.Parse(text).GetProperty("title").ValueKind);
    }

    [Fact]
    public async Task A_web_search_that_nobody_can_do_is_reported_as_degraded()
    {
        var (_, _, degraded) = await SendAsync("claude-code-web-search");
        Assert.Contains("web_search=unavailable", degraded);
    }

    private async Task<(HttpStatusCode Status, string Body, string Degraded)> SendAsync(string name)
    {
        var recording = Headers.GetProperty(name);
        using var client = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Url, recording.GetProperty("url").GetString()))
        {
            Content = new StringContent(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"), TestContext.Current.CancellationToken), Encoding.UTF8, "application/json"),
        };
        foreach (var header in recording.GetProperty("headers").EnumerateObject().Where(header => !header.Name.StartsWith("content-", StringComparison.Ordinal) && header.Name != "accept-encoding"))
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var degraded = response.Headers.TryGetValues("x-dragoman-degraded", out var values) ? string.Join(", ", values) : "";
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), degraded);
    }
}
