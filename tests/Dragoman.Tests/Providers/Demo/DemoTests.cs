using Dragoman.Messages;
using Dragoman.Providers.Demo;

namespace Dragoman.Tests.Providers.Demo;

public sealed class DemoTests
{
    [Fact]
    public void What_the_demo_does_not_use_is_named()
    {
        var request = MessagesParser.Parse("""
            {"model":"m","max_tokens":10,"temperature":0.5,"top_p":0.5,"top_k":5,"stop_sequences":["x"],"thinking":{"type":"adaptive"},"output_config":{"effort":"high"},"system":"s",
             "tools":[{"type":"web_search_20250305","name":"web_search"}],
             "messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"x"}}]}]}
            """u8.ToArray());
        Assert.Equal(
            ["documents=ignored", "effort=ignored", "images=ignored", "stop_sequences=ignored", "system=ignored", "temperature=ignored", "thinking=ignored", "top_k=ignored", "top_p=ignored", "web_search=unavailable"],
            DemoDegraded.Of(request));
        Assert.Empty(DemoDegraded.Of(MessagesParser.Parse("""{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"x"}]}"""u8.ToArray())));
    }
}
