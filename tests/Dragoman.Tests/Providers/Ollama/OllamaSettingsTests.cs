using System.Text.Json;
using Dragoman.Providers.Ollama;

namespace Dragoman.Tests.Providers.Ollama;

public sealed class OllamaSettingsTests
{
    [Theory]
    [InlineData("http://localhost:11434", "http://localhost:11434/")]
    [InlineData(" http://localhost:11434/ ", "http://localhost:11434/")]
    [InlineData("localhost", "http://localhost:11434/")]
    [InlineData("\"localhost:12345\"", "http://localhost:12345/")]
    [InlineData("'localhost'", "http://localhost:11434/")]
    [InlineData("fe80::1", "http://[fe80::1]:11434/")]
    [InlineData("gpu.lan:8080", "http://gpu.lan:8080/")]
    [InlineData(":8080", "http://localhost:8080/")]
    [InlineData(":", "http://localhost:11434/")]
    [InlineData("0.0.0.0", "http://127.0.0.1:11434/")]
    [InlineData("0.0.0.0:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://0.0.0.0:11434", "http://127.0.0.1:11434/")]
    [InlineData("[::]:11434", "http://[::1]:11434/")]
    [InlineData("[::1]", "http://[::1]:11434/")]
    [InlineData("[::1]:8080", "http://[::1]:8080/")]
    [InlineData("https://ollama.com", "https://ollama.com/")]
    [InlineData("http://proxy.lan", "http://proxy.lan/")]
    [InlineData("https://proxy.lan/ollama/", "https://proxy.lan/ollama/")]
    [InlineData("proxy.lan/ollama", "http://proxy.lan:11434/ollama/")]
    [InlineData("0.0.0.0.example.com", "http://0.0.0.0.example.com:11434/")]
    public void An_address_is_read_as_OLLAMA_HOST_is(string text, string address) => Assert.Equal(address, new OllamaSettings { Url = text }.BaseAddress().AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("ftp://localhost")]
    [InlineData("localhost:port")]
    [InlineData("http://")]
    public void What_is_no_address_is_refused_by_name(string text)
    {
        var wrong = Assert.Throws<ConfigException>(() => new OllamaSettings { Url = text }.BaseAddress());
        Assert.Contains($"'{text}'", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    // The model's own entry, the Modelfile, the provider's default, the trained length: the first that is there, but never more than was trained for by default.
    [InlineData("""{"numCtx":8192,"models":{"QWEN3:8b":{"numCtx":65536}}}""", 16384, 40960, 65536)]
    [InlineData("""{"numCtx":8192}""", 16384, 40960, 16384)]
    [InlineData("""{"numCtx":8192}""", null, 40960, 8192)]
    [InlineData("""{"numCtx":131072}""", null, 40960, 40960)]
    [InlineData("{}", null, 40960, 32768)]
    [InlineData("{}", null, 2048, 2048)]
    [InlineData("{}", null, null, 32768)]
    public void The_context_size_comes_from_the_nearest_place_that_sets_it(string section, int? modelfile, int? trained, int expected)
    {
        var model = new OllamaModel { Name = "qwen3:8b", ModelfileContext = modelfile, TrainedContext = trained };

        Assert.Equal(expected, Models(section).ContextOf(model));
    }

    [Fact]
    public void A_cloud_model_has_the_context_that_its_host_gives_it_unless_the_user_says_more()
    {
        var model = new OllamaModel { Name = "glm-4.7:cloud", IsCloud = true, TrainedContext = 200_000 };

        Assert.Null(Models("{}").ContextOf(model));
        Assert.Equal(100_000, Models("""{"models":{"glm-4.7:cloud":{"numCtx":100000}}}""").ContextOf(model));
    }

    [Theory]
    [InlineData("llama3.1", "llama3.1:latest")]
    [InlineData("llama3.1:latest", "llama3.1")]
    public void A_model_and_its_latest_tag_are_one(string configured, string asked)
    {
        var models = Models("{\"models\":{\"" + configured + "\":{\"numCtx\":12345}}}");

        Assert.Equal(12345, models.ContextOf(new OllamaModel { Name = asked }));
    }

    [Theory]
    [InlineData("\"30m\"", "\"keep_alive\":\"30m\"")]
    [InlineData("\"-1\"", "\"keep_alive\":-1,")]
    [InlineData("\"300\"", "\"keep_alive\":300,")]
    [InlineData("300", "\"keep_alive\":300,")]
    [InlineData("-1", "\"keep_alive\":-1,")]
    [InlineData("null", null)]
    public async Task Keep_alive_is_sent_as_ollama_reads_it(string value, string? expected)
    {
        var request = """{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"x"}]}"""u8.ToArray();
        var translation = await Translation.OfAsync(request, settings: System.Text.Encoding.UTF8.GetBytes("{\"ollama\":{\"keepAlive\":" + value + "}}"));

        if (expected is null) Assert.DoesNotContain("keep_alive", translation.Body, StringComparison.Ordinal);
        else Assert.Contains(expected, translation.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_size_among_the_options_is_the_models_context_size_everywhere()
    {
        const string settings = """{"models":{"qwen3:8b":{"options":{"num_ctx":2048,"min_p":0.1}}}}""";
        Assert.Equal(2048, Models(settings).ContextOf(new OllamaModel { Name = "qwen3:8b", ModelfileContext = 9999 }));
        var request = """{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"x"}]}"""u8.ToArray();
        var translation = await Translation.OfAsync(request, settings: System.Text.Encoding.UTF8.GetBytes("{\"ollama\":" + settings + "}"));
        using var body = JsonDocument.Parse(translation.Bytes);
        var options = body.RootElement.GetProperty("options");
        // Written once: the translation is given its size from outside, as the provider does with ContextOf.
        Assert.Equal(["min_p", "num_ctx", "num_predict"], options.EnumerateObject().Select(option => option.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"keepAlive":true}""", "providers.home.keepAlive")]
    [InlineData("""{"numCtx":0}""", "providers.home.numCtx")]
    [InlineData("""{"models":{"m":{"keepAlive":[]}}}""", "providers.home.models.m.keepAlive")]
    [InlineData("""{"models":{"m":{"options":{"num_ctx":"big"}}}}""", "providers.home.models.m.numCtx")]
    public void A_value_that_Ollama_would_not_take_is_refused_with_its_place(string json, string place)
    {
        using var section = JsonDocument.Parse(json);
        Assert.Contains(place, Assert.Throws<ConfigException>(() => OllamaSettings.Read("home", section.RootElement.Clone())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_setting_is_refused_with_its_place()
    {
        using var section = JsonDocument.Parse("""{"numContext":1}""");
        var wrong = Assert.Throws<ConfigException>(() => OllamaSettings.Read("home", section.RootElement));

        Assert.Contains("providers.home", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("numContext", wrong.Message, StringComparison.Ordinal);
    }

    private static OllamaModels Models(string section)
    {
        using var json = JsonDocument.Parse(section);
        return new OllamaModels(client: null!, OllamaSettings.Read("ollama", json.RootElement.Clone()), "ollama", TimeProvider.System);
    }
}
