using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>The provider through the whole gateway, over HTTP.</summary>
public sealed class GeminiGatewayTests
{
    [Fact]
    public async Task A_text_answer_comes_through()
    {
        await using var gateway = await GeminiGateway.StartAsync(GoogleReply.Sse(
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Grüße "}]}}],"usageMetadata":{"promptTokenCount":12}}""",
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"👋"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12,"cachedContentTokenCount":2,"candidatesTokenCount":3,"thoughtsTokenCount":4}}"""));
        var events = await gateway.StreamAsync();
        Assert.Equal("Grüße 👋", SseEvent.Text(events));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        var usage = events.Single(step => step.Type == "message_delta").Data.GetProperty("usage");
        Assert.Equal((10, 2, 7, 4), (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32(), usage.GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt32()));

        var asked = Assert.Single(gateway.Asked);
        Assert.Equal("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", asked.Url);
        Assert.Equal("AIza-test", asked.Headers["x-goog-api-key"]);
        Assert.Equal("hi", asked.Json.GetProperty("contents")[0].GetProperty("parts")[0].GetProperty("text").GetString());
    }
}
