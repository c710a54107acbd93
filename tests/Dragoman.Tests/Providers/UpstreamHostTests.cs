using Dragoman.Providers;
using Dragoman.Providers.Anthropic;
using Dragoman.Providers.Ollama;
using Dragoman.Providers.OpenAi;

namespace Dragoman.Tests.Providers;

/// <summary>A key of the environment goes to its owner's servers and to no other that is called alike.</summary>
public sealed class UpstreamHostTests
{
    [Theory]
    [InlineData("https://ollama.com", true)]
    [InlineData("https://OLLAMA.COM./v1", true)]
    [InlineData("https://eu.ollama.com:8443", true)]
    [InlineData("https://evilollama.com", false)]
    [InlineData("https://ollama.com.evil.example", false)]
    [InlineData("https://ollama.co", false)]
    [InlineData("https://com", false)]
    [InlineData("https://evil.example/ollama.com", false)]
    [InlineData("https://ollama.com@evil.example", false)]
    public void A_host_is_within_a_domain_or_not(string address, bool expected) => Assert.Equal(expected, UpstreamHost.IsWithin(new Uri(address), "ollama.com"));

    [Fact]
    public void Keys_of_the_environment_stay_with_their_owners()
    {
        using var ollama = new EnvironmentVariable("OLLAMA_API_KEY", "ollama-secret");
        using var openAi = new EnvironmentVariable("OPENAI_API_KEY", "openai-secret");
        Assert.Equal(["ollama-secret"], new OllamaSettings().Keys("up", new Uri("https://ollama.com")));
        Assert.Empty(new OllamaSettings().Keys("up", new Uri("https://evilollama.com")));
        Assert.Equal(["openai-secret"], new OpenAiSettings().Keys("up", new Uri("https://api.openai.com/v1/")));
        Assert.Empty(new OpenAiSettings().Keys("up", new Uri("https://evilapi.openai.com/v1/")));
        Assert.Empty(new OpenAiSettings().Keys("up", new Uri("https://api.openai.com.example/v1/")));
    }

    [Fact]
    public void What_is_known_of_a_host_is_not_said_of_another()
    {
        Assert.True(AnthropicHost.IsAnthropic(new Uri("https://api.anthropic.com")));
        Assert.False(AnthropicHost.IsAnthropic(new Uri("https://notanthropic.com")));
        Assert.False(AnthropicHost.HasClaude(new Uri("https://viaz.ai")));
        Assert.Equal("generic", OpenAiDialects.At(new Uri("https://evilapi.deepseek.com/v1")).Name);
    }
}
