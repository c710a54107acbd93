using Dragoman.ClientTests.Clients;

namespace Dragoman.ClientTests;

/// <summary>OpenCode with the gateway as its Anthropic provider.</summary>
public sealed class OpenCodeTests(ITestOutputHelper output) : GatewayTest(output)
{
    [Fact]
    public async Task Gets_a_text_answer()
    {
        using var client = new OpenCode(World.Url, GatewayWorld.Model);
        var run = await client.AskAsync("[[text:Hello from a small model]]");
        Assert.Equal("Hello from a small model", run.Text);
    }

    [Fact]
    public async Task Runs_two_rounds_of_a_tool_and_the_model_sees_their_results()
    {
        using var client = new OpenCode(World.Url, GatewayWorld.Model);
        var run = await client.AskAsync("""[[tool:bash {"command":"echo one","description":"Print one"}]] [[then]] [[tool:bash {"command":"echo two","description":"Print two"}]]""");
        Assert.Equal("results: one | two", run.Text);
        Assert.Equal(2, run.Parts("tool_use").Count());
    }
}
