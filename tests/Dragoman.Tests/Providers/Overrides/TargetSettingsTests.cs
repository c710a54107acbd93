using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Providers.Gemini;
using Dragoman.Providers.Ollama;
using Dragoman.Providers.OpenAi;
using Dragoman.Providers.Overrides;

namespace Dragoman.Tests.Providers.Overrides;

/// <summary>Settings that all providers have in common, and how a model's go over its provider's.</summary>
public sealed class TargetSettingsTests
{
    [Theory]
    [InlineData("qwen3:8b", "exact")]
    [InlineData("QWEN3:8B", "exact")]
    [InlineData("qwen3:4b", "longer")]
    [InlineData("qwen2.5:7b", "short")]
    [InlineData("gemma3:4b", null)]
    public void The_most_specific_entry_counts_alone(string model, string? expected)
    {
        var settings = Ollama("""{"models":{"qwen*":{"system":"short","maxTokens":5},"qwen3*":{"system":"longer"},"qwen3:8b":{"system":"exact"}}}""");
        Assert.Equal(expected, settings.Of(model)?.System);
        Assert.Equal(expected == "short" ? 5 : null, Table(settings).For(model).MaxTokens);
    }

    [Theory]
    [InlineData("llama3.1:latest", "*:latest")]
    [InlineData("llama3.1", "*:latest")]
    public void A_pattern_fits_the_latest_tag_as_well(string model, string pattern) => Assert.NotNull(Ollama("{\"models\":{\"" + pattern + "\":{}}}").Of(model));

    [Fact]
    public void A_models_settings_go_over_its_providers()
    {
        using var secret = new EnvironmentVariable("DRAGOMAN_TEST_HEADER", "secret");
        var table = Table(OpenAiSettings.Read("up", Json("""
            {
              "headers": { "a": "1", "B": "2" }, "body": { "x": 1 }, "sampling": { "temperature": 0.6, "topK": 5 }, "maxTokens": 100, "system": "general", "idleTimeoutSeconds": 60,
              "models": { "m*": { "headers": { "b": "env:DRAGOMAN_TEST_HEADER" }, "body": { "y": 2 }, "sampling": { "temperature": "drop" }, "system": "", "firstEventTimeoutSeconds": 5 } }
            }
            """)));
        var (own, general) = (table.For("m1"), table.For("other"));
        Assert.Equal("a=1,b=secret", string.Join(',', own.Headers.Select(header => $"{header.Key}={header.Value}")));
        Assert.Equal(2, own.Body.Count);
        Assert.Equal((new SampleSetting(null), null, new SampleSetting(5)), (own.Temperature, own.TopP, own.TopK));
        Assert.Equal((100, true, 60, 5), (own.MaxTokens, own.System.IsEmpty, own.IdleTimeout.TotalSeconds, own.FirstEventTimeout?.TotalSeconds));
        Assert.Equal("a=1,B=2", string.Join(',', general.Headers.Select(header => $"{header.Key}={header.Value}")));
        Assert.Equal((new SampleSetting(0.6), "general", null), (general.Temperature, general.System.ToString(), general.FirstEventTimeout));
        Assert.True(table.HasFirstEventTimeouts);
    }

    [Theory]
    [InlineData("""{"sampling":{"temperature":"hot"}}""", "providers.up: sampling: expected a number or \"drop\"")]
    [InlineData("""{"sampling":{"temperature":3}}""", "providers.up.sampling.temperature")]
    [InlineData("""{"sampling":{"topP":1.5}}""", "providers.up.sampling.topP")]
    [InlineData("""{"models":{"m":{"sampling":{"topK":1.5}}}}""", "providers.up.models.m.sampling.topK")]
    [InlineData("""{"sampling":{"seed":1}}""", "there is no setting 'seed'")]
    [InlineData("""{"maxTokens":0}""", "providers.up.maxTokens")]
    [InlineData("""{"price":{"input":-1,"output":1}}""", "providers.up.price.input")]
    [InlineData("""{"price":{"input":1,"output":2000000}}""", "providers.up.price.output")]
    [InlineData("""{"price":{"input":1,"output":1,"cacheRead":-0.1}}""", "providers.up.price.cacheRead")]
    [InlineData("""{"models":{"m":{"price":{"input":1,"output":1,"cacheWrite":-1}}}}""", "providers.up.models.m.price.cacheWrite")]
    [InlineData("""{"models":{"m":{"price":{"output":1}}}}""", "providers.up.models.m.price: 'input' is missing")]
    [InlineData("""{"price":{"input":1}}""", "providers.up.price: 'output' is missing")]
    [InlineData("""{"price":{"input":1,"output":1,"cache":1}}""", "there is no setting 'cache'")]
    [InlineData("""{"models":{"m":{"body":"x"}}}""", "providers.up.models.m.body")]
    [InlineData("""{"models":{"m":{"headers":{"a b":"x"}}}}""", "providers.up.models.m.headers")]
    [InlineData("""{"headers":{"a":null}}""", "providers.up.headers.a")]
    [InlineData("""{"models":{"m":null}}""", "providers.up.models.m")]
    [InlineData("""{"idleTimeoutSeconds":0}""", "providers.up.idleTimeoutSeconds")]
    [InlineData("""{"models":{"m":{"firstEventTimeoutSeconds":99999999}}}""", "providers.up.models.m.firstEventTimeoutSeconds")]
    [InlineData("""{"apiKey":[]}""", "expected a key, or a list of keys")]
    [InlineData("""{"apiKey":["a",5]}""", "expected a key, or a list of keys")]
    public void What_is_wrong_is_said_with_its_place(string section, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => OllamaSettings.Read("up", Json(section))).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => OpenAiSettings.Read("up", Json(section))).Message, StringComparison.Ordinal);
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => GeminiSettings.Read("up", Json(section))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_models_price_stands_in_place_of_its_providers_and_what_it_leaves_out_is_what_the_upstream_tells()
    {
        var table = Table(OpenAiSettings.Read("up", Json("""
            { "price": { "input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75 }, "models": { "m": { "price": { "input": 0.6, "output": 2.2 } }, "n": { "price": null } } }
            """)));
        var told = new ModelPrice(1, 2) { CacheRead = 0.1m, CacheWrite = 1.25m, Request = 0.01m };
        Assert.Equal(new ModelPrice(3, 15) { CacheRead = 0.3m, CacheWrite = 3.75m }, table.For("other").PricingOver(told, Pricing.Local).Price);
        Assert.Equal(new ModelPrice(0.6m, 2.2m) { CacheRead = 0.1m, CacheWrite = 1.25m }, table.For("m").PricingOver(told, Pricing.Local).Price);
        Assert.Equal(new ModelPrice(0.6m, 2.2m), table.For("m").PricingOver(told: null, Pricing.Local).Price);
        Assert.Equal(new ModelPrice(3, 15) { CacheRead = 0.3m, CacheWrite = 3.75m }, table.For("n").PricingOver(told: null, Pricing.Local).Price);
        var silent = Table(Ollama("{}"));
        Assert.Equal((Pricing.Of(told), Pricing.OfClient), (silent.For("m").PricingOver(told, Pricing.OfClient), silent.For("m").PricingOver(told: null, Pricing.OfClient)));
    }

    [Fact]
    public void A_header_of_an_unset_variable_is_named() =>
        Assert.StartsWith("providers.up.models.m.headers.h: ", Assert.Throws<ConfigException>(() => Table(Ollama("""{"models":{"m":{"headers":{"h":"env:NOT_SET_ANYWHERE"}}}}"""))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_takes_the_place_of_the_one_that_is_there()
    {
        using var request = new HttpRequestMessage { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer x");
        new TargetOverrides { Headers = [new("authorization", "Basic y"), new("content-type", "application/vnd.x+json"), new("x-new", "1")] }.WriteHeaders(request);
        Assert.Equal("Basic y", request.Headers.GetValues("Authorization").Single());
        Assert.Equal("application/vnd.x+json", request.Content.Headers.ContentType!.ToString());
        Assert.Equal("1", request.Headers.GetValues("x-new").Single());
    }

    private static OverrideTable Table<TModel>(ProviderSettings<TModel> settings)
        where TModel : TargetSettings => OverrideTable.Of("up", settings, TimeSpan.FromSeconds(600));

    private static OllamaSettings Ollama(string section) => OllamaSettings.Read("up", Json(section));

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
