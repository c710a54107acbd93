using System.Text;
using Dragoman.Upstreams.Anthropic;

namespace Dragoman.Tests.Providers.Anthropic;

/// <summary>What goes in comes out, through the whole gateway over HTTP.</summary>
public sealed class PassThroughTests
{
    [Fact]
    public async Task A_text_answer_is_streamed_byte_for_byte()
    {
        var reply = AnthropicReply.Text("anthropic/claude-x", "Grüße ", "👋 \u2028");
        await using var gateway = await AnthropicGateway.StartAsync(reply);
        var (response, body) = await gateway.SendAsync(AnthropicGateway.Body());
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Encoding.UTF8.GetString(reply.Body.Span), body);
    }
}
