using System.Text.Json;
using Dragoman.Providers.Ollama;

namespace Dragoman.Tests.Providers.Ollama;

public sealed class OllamaModelTests
{
    [Fact]
    public void What_show_says_of_a_model_is_read()
    {
        var model = Show("qwen3-vl:8b", """
            {"capabilities":["completion","vision","tools","thinking"],"model_info":{"general.architecture":"qwen3vl","qwen3vl.block_count":36,"qwen3vl.context_length":262144},
             "parameters":"temperature                    0.6\nnum_ctx                        16384\nstop                           \"<|im_end|>\""}
            """);

        Assert.True(model is { Thinks: true, Sees: true, CallsTools: true, Generates: true, IsCloud: false, TakesLevels: false, AlwaysThinks: false });
        Assert.Equal((262_144, 16_384), (model.TrainedContext, model.ModelfileContext));
    }

    // The shape of each as /api/show tells it; bytes for a token of 16 bits.
    [Theory]
    [InlineData("all layers alike", "qwen3", """ "qwen3.block_count":36,"qwen3.attention.head_count":32,"qwen3.attention.head_count_kv":8,"qwen3.attention.key_length":128,"qwen3.attention.value_length":128 """, 147_456)]
    [InlineData("the head's size from the width", "llama", """ "llama.block_count":32,"llama.embedding_length":4096,"llama.attention.head_count":32,"llama.attention.head_count_kv":8 """, 131_072)]
    [InlineData("one layer of six sees everything", "gemma3", """ "gemma3.block_count":48,"gemma3.attention.head_count_kv":8,"gemma3.attention.key_length":256,"gemma3.attention.value_length":256 """, 65_536)]
    [InlineData("one layer of four has a cache", "qwen3next", """ "qwen3next.block_count":48,"qwen3next.full_attention_interval":4,"qwen3next.attention.head_count_kv":2,"qwen3next.attention.key_length":256,"qwen3next.attention.value_length":256 """, 24_576)]
    [InlineData("keys and values in one", "deepseek2", """ "deepseek2.block_count":47,"deepseek2.attention.kv_lora_rank":512,"deepseek2.rope.dimension_count":64,"deepseek2.attention.head_count_kv":1 """, 54_144)]
    [InlineData("layers that differ are not told", "gemma4", """ "gemma4.block_count":42,"gemma4.attention.head_count_kv":null,"gemma4.attention.key_length":512 """, null)]
    [InlineData("nothing told", "x", "\"y\":1", null)]
    public void What_a_token_takes_of_the_memory_follows_from_the_model_s_shape(string what, string architecture, string info, int? bytes)
    {
        Assert.Equal(bytes, Show("m", $$$"""{"model_info":{"general.architecture":"{{{architecture}}}",{{{info}}}}}""").CacheBytesPerToken);
        Assert.NotEmpty(what);
    }

    [Fact]
    public void A_model_can_nothing_that_a_server_with_capabilities_does_not_name()
    {
        var model = Show("qwen3-embedding", """{"capabilities":["embedding"]}""");

        Assert.True(model is { Thinks: false, Sees: false, CallsTools: false, Generates: false });
    }

    [Theory]
    [InlineData("qwen3:8b", true)]
    [InlineData("hf.co/unsloth/Qwen3-8B-GGUF", true)]
    [InlineData("deepseek-r1:14b", true)]
    [InlineData("magistral", true)]
    [InlineData("nemotron-mini", true)]
    [InlineData("glm4:9b", true)]
    [InlineData("qwq", true)]
    [InlineData("llama3.1:8b", false)]
    [InlineData("myqwen3", false)]
    public void An_old_server_is_answered_for_by_the_models_name(string name, bool thinks)
    {
        var model = Show(name, "{}");

        Assert.Equal(thinks, model.Thinks);
        // Nothing is known, so nothing is refused.
        Assert.True(model is { Sees: true, CallsTools: true, Generates: true, TrainedContext: null, ModelfileContext: null });
    }

    [Theory]
    [InlineData("glm-4.7:cloud", "{}", true)]
    [InlineData("gpt-oss:120b-cloud", "{}", true)]
    [InlineData("alias", """{"remote_host":"https://ollama.com:443"}""", true)]
    [InlineData("alias", """{"remote_host":""}""", false)]
    [InlineData("cloudy:8b", "{}", false)]
    public void A_cloud_model_is_known_by_its_name_or_its_host(string name, string show, bool cloud) => Assert.Equal(cloud, Show(name, show).IsCloud);

    [Theory]
    [InlineData("gpt-oss:20b", true, true)]
    [InlineData("qwen3.8:32b", true, false)]
    [InlineData("user/glimmer", true, false)]
    [InlineData("qwen3:8b", false, false)]
    public void Levels_of_thinking_are_known_by_the_name(string name, bool levels, bool always)
    {
        var model = Show(name, """{"capabilities":["completion","thinking"]}""");

        Assert.Equal((levels, always), (model.TakesLevels, model.AlwaysThinks));
    }

    [Theory]
    [InlineData("""{"capabilities":null,"model_info":null,"parameters":null,"remote_host":null}""")]
    [InlineData("""{"capabilities":{},"model_info":[],"parameters":1,"remote_host":1}""")]
    [InlineData("""{"model_info":{"x.context_length":"long","y.context_length":1e99},"parameters":"num_ctx\nnum_ctx many\n\n num_ctxx 5"}""")]
    public void Odd_answers_are_read_as_saying_nothing(string show)
    {
        var model = Show("m", show);

        Assert.Equal((null, null, false), (model.TrainedContext, model.ModelfileContext, model.IsCloud));
    }

    private static OllamaModel Show(string name, string show)
    {
        using var json = JsonDocument.Parse(show);
        return OllamaModel.FromShow(name, json.RootElement);
    }
}
