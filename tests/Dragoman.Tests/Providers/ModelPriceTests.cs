using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Providers.Anthropic;
using Dragoman.Providers.Gemini;
using Dragoman.Providers.Ollama;
using Dragoman.Providers.OpenAi;
using Dragoman.Tokens;

namespace Dragoman.Tests.Providers;

/// <summary>What an answer costs, and who knows it.</summary>
public sealed class ModelPriceTests
{
    private static readonly ModelPrice Price = new(0.6m, 2.2m) { CacheRead = 0.11m, CacheWrite = 0.75m };

    [Fact]
    public void Each_kind_of_token_counts_with_its_own_price()
    {
        // 7,000 at 0.6; 1,000 of 8,000 at 0.75; 50,000 at 0.11; 900 at 2.2.
        var usage = new Usage(8_000, 900, CacheReadTokens: 50_000, ThinkingTokens: 400) { CacheWriteTokens = 1_000 };
        Assert.Equal(0.01243m, Price.CostOf(usage));
    }

    [Fact]
    public void Cached_tokens_without_a_price_of_their_own_count_as_the_rest_of_the_prompt() =>
        Assert.Equal(0.0006m * 10, new ModelPrice(0.6m, 0).CostOf(new Usage(6_000, 5, CacheReadTokens: 4_000) { CacheWriteTokens = 2_000 }));

    [Fact]
    public void A_fee_for_each_request_is_added() => Assert.Equal(0.005001m, new ModelPrice(1, 1) { Request = 0.005m }.CostOf(new Usage(1, 0)));

    [Fact]
    public void Prices_are_exact_where_binary_fractions_are_not() =>
        Assert.Equal(246.913578123456789m, new ModelPrice(0.123456789m, 0).CostOf(new Usage(2_000_000_001, 0)));

    [Theory]
    [InlineData("""{"prompt":"0.0000006","completion":"0.0000022","input_cache_read":"0.00000011","input_cache_write":"0.00000075","request":"0.001"}""", "0.6 2.2 0.11 0.75 0.001")]
    [InlineData("""{"prompt":"0","completion":"0"}""", "0 0 - - 0")]
    [InlineData("""{"prompt":"-1","completion":"-1"}""", null)]
    [InlineData("""{"prompt":"0.0000006"}""", null)]
    [InlineData("""{"prompt":"5","completion":"5"}""", null)]
    [InlineData("""{"prompt":0.1,"completion":null}""", null)]
    [InlineData("null", null)]
    public void What_a_list_of_models_tells_is_read_as_dollars_for_a_million_tokens(string pricing, string? expected)
    {
        var price = ListedModel.Read(JsonDocument.Parse($$"""{"id":"m","pricing":{{pricing}}}""").RootElement, isRemote: true)!.Price;
        Assert.Equal(expected, price is null ? null : FormattableString.Invariant($"{price.Input:0.####} {price.Output:0.####} {price.CacheRead?.ToString("0.####", null) ?? "-"} {price.CacheWrite?.ToString("0.####", null) ?? "-"} {price.Request:0.####}"));
    }

    [Theory]
    [InlineData("anthropic", """{"apiKey":"k"}""", nameof(PricingKind.OfClient))]
    [InlineData("anthropic", """{"apiKey":"k","price":{"input":5,"output":25}}""", nameof(PricingKind.Priced))]
    [InlineData("anthropic", """{"apiKey":"k","url":"https://api.z.ai/api/anthropic"}""", nameof(PricingKind.Unknown))]
    [InlineData("anthropic", """{"url":"http://127.0.0.1:1234"}""", nameof(PricingKind.Local))]
    [InlineData("openai", """{"url":"http://localhost:1234/v1"}""", nameof(PricingKind.Local))]
    [InlineData("openai", """{"url":"http://localhost:1234/v1","models":{"m*":{"price":{"input":1,"output":1}}}}""", nameof(PricingKind.Priced))]
    [InlineData("openai", """{"url":"https://api.groq.com/openai/v1","apiKey":"k"}""", nameof(PricingKind.Unknown))]
    [InlineData("gemini", """{"apiKey":"k"}""", nameof(PricingKind.Unknown))]
    [InlineData("gemini", """{"apiKey":"k","models":{"m1":{"price":{"input":1,"output":1}}}}""", nameof(PricingKind.Priced))]
    [InlineData("ollama", "{}", nameof(PricingKind.Local))]
    [InlineData("ollama", """{"url":"http://192.168.0.7:11434"}""", nameof(PricingKind.Local))]
    [InlineData("ollama", """{"url":"https://ollama.com","apiKey":"k"}""", nameof(PricingKind.Unknown))]
    [InlineData("demo", "{}", nameof(PricingKind.Local))]
    public void Nobody_is_asked_who_knows_a_price(string type, string section, string expected)
    {
        using var http = new UpstreamHttp();
        var context = new ProviderContext(type, JsonDocument.Parse(section).RootElement, http, TimeProvider.System, new IdSource(), new TokenEstimator(TokenCounterKind.Words, new Calibration()), new DragomanOptions());
        Assert.Equal(expected, ProviderList.Types[type](context).PricingOf(new Target(type, "m1")).Kind.ToString());
    }

    [Theory]
    [InlineData("gpt-oss:120b-cloud")]
    [InlineData("glm-4.7:cloud")]
    public void A_cloud_model_of_an_Ollama_here_is_not_local(string model)
    {
        using var http = new UpstreamHttp();
        var context = new ProviderContext("ollama", default, http, TimeProvider.System, new IdSource(), new TokenEstimator(TokenCounterKind.Words, new Calibration()), new DragomanOptions());
        Assert.Equal(Pricing.Unknown, new OllamaProvider(context).PricingOf(new Target("ollama", model)));
    }

    [Fact]
    public void A_Claude_name_has_the_price_of_the_Gemini_model_that_stands_for_it()
    {
        using var http = new UpstreamHttp();
        var section = JsonDocument.Parse("""{"apiKey":"k","models":{"gemini-*":{"price":{"input":1,"output":1}}}}""").RootElement;
        var context = new ProviderContext("gemini", section, http, TimeProvider.System, new IdSource(), new TokenEstimator(TokenCounterKind.Words, new Calibration()), new DragomanOptions());
        Assert.Equal(PricingKind.Priced, new GeminiProvider(context).PricingOf(new Target("gemini", "claude-opus-4-5")).Kind);
    }

    [Fact]
    public void What_was_written_to_a_cache_is_a_part_of_the_prompt()
    {
        var routed = Read("""{"prompt_tokens":10000,"completion_tokens":620,"total_tokens":10620,"prompt_tokens_details":{"cached_tokens":6000,"cache_write_tokens":1000,"audio_tokens":0}}""");
        Assert.Equal(new Usage(4_000, 620, 6_000) { CacheWriteTokens = 1_000 }, routed);
        var fields = new MessageFields();
        var json = """{"type":"message","usage":{"input_tokens":12,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,"output_tokens":9}}"""u8.ToArray();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        fields.Read(ref reader, json);
        Assert.Equal(new Usage(15, 9, 4) { CacheWriteTokens = 3 }, fields.Finish().Usage);
    }

    [Fact]
    public void Usage_that_an_upstream_does_not_tell_is_marked()
    {
        Assert.True(OpenAiUsage.None.ToAnthropic(estimatedPrompt: 7, pieces: 1).IsEstimated);
        Assert.True(Read("""{"prompt_tokens":9}""").IsEstimated);
        Assert.True(GeminiUsage.None.ToAnthropic(7, 1).IsEstimated);
        Assert.True((GeminiUsage.None with { Prompt = 7 }).ToAnthropic(7, 1).IsEstimated);
        Assert.False((GeminiUsage.None with { Prompt = 7, Thoughts = 1 }).ToAnthropic(7, 1).IsEstimated);
        Assert.True(new MessageFields().Finish().Usage.IsEstimated);
    }

    private static Usage Read(string usage)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(usage));
        return OpenAiUsage.Read(ref reader)!.ToAnthropic(estimatedPrompt: 5, pieces: 1);
    }
}
