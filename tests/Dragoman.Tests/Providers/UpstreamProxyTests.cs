using System.Net;
using Dragoman.Providers;

namespace Dragoman.Tests.Providers;

public sealed class UpstreamProxyTests
{
    private readonly UpstreamProxy _proxy = new(new WebProxy("http://proxy.example:3128"));

    [Theory]
    [InlineData("http://localhost:11434/api/chat")]
    [InlineData("http://127.0.0.1:11434/")]
    [InlineData("http://[::1]:11434/")]
    public void This_machine_is_reached_without_the_environments_proxy(string address)
    {
        Assert.True(_proxy.IsBypassed(new Uri(address)));
        Assert.Null(_proxy.GetProxy(new Uri(address)));
    }

    [Fact]
    public void Everything_else_goes_through_it()
    {
        var address = new Uri("https://ollama.com/api/chat");
        Assert.False(_proxy.IsBypassed(address));
        Assert.Equal("http://proxy.example:3128/", _proxy.GetProxy(address)?.ToString());
    }
}
