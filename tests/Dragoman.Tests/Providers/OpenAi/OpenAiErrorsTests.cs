using System.Net;
using System.Text.Json;
using Dragoman.Providers.OpenAi;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.OpenAi;

/// <summary>What servers say when they refuse, and what the client is told.</summary>
public sealed class OpenAiErrorsTests
{
    /// <summary>Overflows in the words of the known servers.</summary>
    public static TheoryData<string, string> Overflows => new()
    {
        { "This model's maximum context length is 8192 tokens. However, your messages resulted in 10018 tokens (9000 in the messages, 1018 in the functions). Please reduce the length of the messages or functions.", "prompt is too long: 10018 tokens > 8192 maximum" },
        { "This model's maximum context length is 8192 tokens. However, you requested 10000 tokens (9000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.", "prompt is too long: 9000 tokens > 8192 maximum" },
        { "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (76000 in the messages, 64000 in the completion).", "input length and `max_tokens` exceed context limit: 76000 + 64000 > 131072, decrease input length or `max_tokens` and try again" },
        { "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is 32768 tokens and your request has 1000 input tokens (64000 > 32768 - 1000).", "input length and `max_tokens` exceed context limit: 1000 + 64000 > 32768, decrease input length or `max_tokens` and try again" },
        { "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens. Please reduce the length of the input messages.", "prompt is too long: 5000 tokens > 4096 maximum" },
        { "The decoder prompt (length 40000) is longer than the maximum model length of 32768. Make sure that `max_model_len` is no smaller than the number of text tokens.", "prompt is too long: 40000 tokens > 32768 maximum" },
        { "You passed 40000 input tokens and requested 1 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length of 32767 tokens.", "prompt is too long: 40000 tokens > 32768 maximum" },
        { "request (40000 tokens) exceeds the available context size (32768 tokens), try increasing it", "prompt is too long: 40000 tokens > 32768 maximum" },
        { "The input (40000 tokens) is longer than the model's context length (32768 tokens).", "prompt is too long: 40000 tokens > 32768 maximum" },
        { "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 40000 tokens: 39000 tokens from the input messages and 1000 tokens for the completion.", "prompt is too long: 39000 tokens > 32768 maximum" },
        { "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens (38000 of text input, 1000 of tool input, 1000 in the output). Please reduce the length of either one, or use the \"middle-out\" transform.", "prompt is too long: 39000 tokens > 32768 maximum" },
        { "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length", "prompt is too long: 40000 tokens > 32768 maximum" },
        { "Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)", "prompt is too long: 140000 tokens > 131072 maximum" },
        { "This model's maximum prompt length is 131072 but the request contains 140000 tokens.", "prompt is too long: 140000 tokens > 131072 maximum" },
        { "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 32769. Given: 40000 `inputs` tokens and 1000 `max_new_tokens`", "prompt is too long: 40000 tokens > 32769 maximum" },
        { "Trying to keep the first 40000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough. Try to load the model with a larger context length.", "prompt is too long: 40000 tokens > 4096 maximum" },
        { "The prompt is too long: 140000, model maximum context length: 131071", "prompt is too long: 140000 tokens > 131071 maximum" },
        { "prompt is too long: 200001 tokens > 200000 maximum", "prompt is too long: 200001 tokens > 200000 maximum" },
        { "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192", "prompt is too long: 9000 tokens > 8192 maximum" },
        { "Request too large for model `llama-3.3-70b` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 7000, please reduce your message size and try again.", "prompt is too long: 7000 tokens > 6000 maximum" },
        { "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]", "prompt is too long: 30721 tokens > 30720 maximum" },
        { "Your input exceeds the context window of this model. Please adjust your input and try again.", "prompt is too long: 2049 tokens > 2048 maximum" },
        { "invalid params, context window exceeds limit (2013)", "prompt is too long: 2049 tokens > 2048 maximum" },
        { "the request exceeds the available context size. try increasing the context size or enable context shift", "prompt is too long: 2049 tokens > 2048 maximum" },
    };

    [Fact]
    public void A_certificate_that_is_not_trusted_does_not_pass_by_waiting()
    {
        var refused = new HttpRequestException("The SSL connection could not be established", new System.Security.Authentication.AuthenticationException("untrusted"));
        Assert.Equal(UpstreamErrorKind.Misconfigured, OpenAiTranslation.Errors.Unreachable(refused).Kind);
        Assert.Equal(UpstreamErrorKind.Unreachable, OpenAiTranslation.Errors.Unreachable(new HttpRequestException("refused", new System.Net.Sockets.SocketException())).Kind);
    }

    [Theory]
    [MemberData(nameof(Overflows))]
    public void An_overflow_is_told_with_the_server_s_own_numbers(string words, string expected)
    {
        var terms = new OpenAiTranslation().Terms with { ContextTokens = 2048 };
        var errors = OpenAiTranslation.Errors;
        foreach (var body in (string[])[$$$"""{"error":{"message":{{{JsonSerializer.Serialize(words)}}},"type":"invalid_request_error","code":null}}""", $$$"""{"detail":{{{JsonSerializer.Serialize(words)}}}}""", words])
        {
            Assert.Equal(new UpstreamError(UpstreamErrorKind.ContextOverflow, expected), errors.FromStatus(HttpStatusCode.BadRequest, body, retryAfter: null, terms));
        }
    }

    [Fact]
    public void Without_any_number_none_is_invented()
    {
        var error = OpenAiTranslation.Errors.FromStatus(HttpStatusCode.BadRequest, """{"error":{"message":"too much","code":"context_length_exceeded"}}""", retryAfter: null, new OpenAiTranslation().Terms);
        Assert.Equal("prompt is too long: about 100 tokens, more than the model takes", error.Message);
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","code":"unsupported_parameter"}}""", UpstreamErrorKind.InvalidRequest, "Use 'max_completion_tokens' instead.")]
    [InlineData(422, """{"detail":[{"loc":["body","messages"],"msg":"field required","type":"value_error.missing"}]}""", UpstreamErrorKind.InvalidRequest, "field required")]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}""", UpstreamErrorKind.Authentication, "Check providers.up.apiKey.")]
    [InlineData(400, """{"error":"Incorrect API key provided: xai-1."}""", UpstreamErrorKind.Authentication, "Check providers.up.apiKey.")]
    [InlineData(402, """{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}""", UpstreamErrorKind.Permission, "no credit left")]
    [InlineData(403, """{"error":{"message":"Not for you"}}""", UpstreamErrorKind.Permission, "Not for you")]
    [InlineData(404, """{"error":{"message":"The model `x` does not exist or you do not have access to it.","code":"model_not_found"}}""", UpstreamErrorKind.ModelNotFound, "does not exist")]
    [InlineData(400, """{"error":{"message":"x/y is not a valid model ID","code":400}}""", UpstreamErrorKind.ModelNotFound, "x/y")]
    [InlineData(400, """{"error":{"message":"The model `x` has been decommissioned and is no longer supported."}}""", UpstreamErrorKind.ModelNotFound, "decommissioned")]
    [InlineData(400, """{"error":{"message":"For this model `tool_choice` is not supported."}}""", UpstreamErrorKind.InvalidRequest, "tool_choice")]
    [InlineData(404, "404 page not found", UpstreamErrorKind.Misconfigured, "most end with /v1")]
    [InlineData(404, "<html>nginx</html>", UpstreamErrorKind.Misconfigured, "a web page")]
    [InlineData(405, """{"detail":"Method Not Allowed"}""", UpstreamErrorKind.Misconfigured, "most end with /v1")]
    [InlineData(408, "", UpstreamErrorKind.TimedOut, "HTTP 408")]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", UpstreamErrorKind.Permission, "quota")]
    [InlineData(429, "{}", UpstreamErrorKind.RateLimited, "{}")]
    [InlineData(500, """{"error":{"message":"it broke"}}""", UpstreamErrorKind.Broken, "it broke")]
    [InlineData(502, "<html>Bad gateway</html>", UpstreamErrorKind.Broken, "a web page")]
    [InlineData(503, """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""", UpstreamErrorKind.Overloaded, "Loading model")]
    [InlineData(529, """{"error":{"message":"Overloaded"}}""", UpstreamErrorKind.Overloaded, "Overloaded")]
    [InlineData(301, "", UpstreamErrorKind.Misconfigured, "redirects")]
    [InlineData(418, "teapot", UpstreamErrorKind.Broken, "HTTP 418: teapot")]
    public void A_status_is_told_for_what_it_means(int status, string body, object kind, string words)
    {
        var error = OpenAiTranslation.Errors.FromStatus((HttpStatusCode)status, body, retryAfter: null, new OpenAiTranslation().Terms);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("up/some-model: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_of_the_provider_behind_openrouter_are_told()
    {
        const string body = """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"tools.0: bad schema\"}}","provider_name":"Chutes"}}}""";
        Assert.Equal("up/some-model: Provider returned error (Chutes): tools.0: bad schema", OpenAiTranslation.Errors.FromStatus(HttpStatusCode.BadRequest, body, retryAfter: null, new OpenAiTranslation().Terms).Message);
    }

    [Theory]
    [InlineData("Please try again in 1.5s.", 1.5)]
    [InlineData("Please try again in 2m3.5s. Visit", 123.5)]
    [InlineData("Please try again in 320ms.", 0.32)]
    [InlineData("try again in 6m0s", 360)]
    public void The_text_may_say_when_to_try_again(string words, double seconds)
    {
        var body = $$$"""{"error":{"message":"Rate limit reached. {{{words}}}","code":"rate_limit_exceeded"}}""";
        Assert.Equal(TimeSpan.FromSeconds(seconds), OpenAiTranslation.Errors.FromStatus(HttpStatusCode.TooManyRequests, body, retryAfter: null, new OpenAiTranslation().Terms).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(7), OpenAiTranslation.Errors.FromStatus(HttpStatusCode.TooManyRequests, body, TimeSpan.FromSeconds(7), new OpenAiTranslation().Terms).RetryAfter);
    }

    [Fact]
    public void Without_a_key_the_advice_is_to_set_one()
    {
        var errors = new OpenAiErrors("up", new Uri("https://example.test/v1/"), hasKey: false);
        Assert.Contains("Set providers.up.apiKey", errors.FromStatus(HttpStatusCode.Unauthorized, "no", retryAfter: null, terms: null).Message, StringComparison.Ordinal);
    }
}
