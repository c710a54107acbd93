using System.Net;
using Dragoman.Providers.Ollama;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>What an error says is what the user sees, and for an overflow what Claude Code acts on.</summary>
public sealed class OllamaErrorsTests
{
    private static readonly PromptSize Prompt = new(Tokens: 5000, Limit: 4096);

    [Theory]
    // As llama-server's answer comes through Ollama: JSON inside the error string.
    [InlineData(500, """{"error":"{\"error\":{\"code\":400,\"message\":\"request (33000 tokens) exceeds the available context size (32768 tokens), try increasing it\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":33000,\"n_ctx\":32768}}"}""", "prompt is too long: 33000 tokens > 32768 maximum")]
    [InlineData(400, """{"error":"request (302 tokens) exceeds the available context size (256 tokens), try increasing it"}""", "prompt is too long: 302 tokens > 256 maximum")]
    [InlineData(400, """{"error":{"message":"request (302 tokens) exceeds the available context size (256 tokens), try increasing it"}}""", "prompt is too long: 302 tokens > 256 maximum")]
    // Without numbers our own stand in, and the first is always the larger one.
    [InlineData(400, """{"error":"the prompt is longer than the context length currently available to the model; shorten the prompt"}""", "prompt is too long: 5000 tokens > 4096 maximum")]
    public void An_overflow_is_said_in_the_words_that_clients_act_on(int status, string body, string message) =>
        AssertError(UpstreamErrorKind.ContextOverflow, message, FromStatus(status, body));

    [Fact]
    public void An_overflow_is_never_smaller_than_its_limit()
    {
        var error = Translation.Errors.FromLine("the prompt is longer than the context length currently available to the model", "m", new PromptSize(100, 4096));

        Assert.Equal("prompt is too long: 4097 tokens > 4096 maximum", error.Message);
    }

    [Fact]
    public void Where_no_limit_is_known_none_is_made_up()
    {
        var error = Translation.Errors.FromLine("the prompt is longer than the context length currently available to the model", "m:cloud", new PromptSize(100, 0));

        AssertError(UpstreamErrorKind.ContextOverflow, "prompt is too long: about 100 tokens, more than the model takes", error);
    }

    [Fact]
    public void A_missing_model_is_answered_with_the_command_that_gets_it() =>
        AssertError(UpstreamErrorKind.ModelNotFound, "ollama: the model 'qwen3:8b' is not installed at http://localhost:11434/. Run: ollama pull qwen3:8b", FromStatus(404, """{"error":"model 'qwen3:8b' not found"}"""));

    [Fact]
    public void A_server_that_is_not_ollama_is_called_so() => Assert.Contains("not an Ollama server", FromStatus(404, "404 page not found").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(400, """{"error":"\"m\" does not support thinking"}""", nameof(UpstreamErrorKind.InvalidRequest), "does not support thinking")]
    [InlineData(401, """{"error":"unauthorized","signin_url":"https://ollama.com/connect?x=1"}""", nameof(UpstreamErrorKind.Authentication), "Sign in: https://ollama.com/connect?x=1")]
    [InlineData(401, """{"error":"unauthorized"}""", nameof(UpstreamErrorKind.Authentication), "ollama signin")]
    [InlineData(403, """{"error":"ollama cloud is disabled: remote inference is unavailable"}""", nameof(UpstreamErrorKind.Permission), "ollama cloud is disabled")]
    [InlineData(403, "", nameof(UpstreamErrorKind.Permission), "HTTP 403")]
    [InlineData(429, """{"error":"you have reached your hourly usage limit"}""", nameof(UpstreamErrorKind.RateLimited), "hourly usage limit")]
    [InlineData(503, """{"error":"server busy, please try again.  maximum pending requests exceeded"}""", nameof(UpstreamErrorKind.Overloaded), "OLLAMA_MAX_QUEUE")]
    [InlineData(500, """{"error":"model runner has unexpectedly stopped, this may be due to resource limitations"}""", nameof(UpstreamErrorKind.Broken), "unexpectedly stopped")]
    [InlineData(500, """{"error":"{\"error\":{\"code\":500,\"message\":\"the template failed\",\"type\":\"server_error\"}}"}""", nameof(UpstreamErrorKind.Broken), "ollama/qwen3:8b: the template failed")]
    [InlineData(502, "<html>Bad Gateway</html>", nameof(UpstreamErrorKind.Broken), "Bad Gateway")]
    [InlineData(418, "{}", nameof(UpstreamErrorKind.Broken), "HTTP 418")]
    [InlineData(500, """{"error":null,"signin_url":7}""", nameof(UpstreamErrorKind.Broken), "ollama/qwen3:8b")]
    [InlineData(500, "[1]", nameof(UpstreamErrorKind.Broken), "[1]")]
    public void A_refusal_keeps_its_meaning_and_says_what_to_do(int status, string body, string kind, string part)
    {
        var error = FromStatus(status, body);

        Assert.Equal(kind, error.Kind.ToString());
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_there_is_answered_with_how_to_start_it()
    {
        Assert.Contains("ollama serve", Translation.Errors.Unreachable(new HttpRequestException("refused")).Message, StringComparison.Ordinal);
        Assert.Contains("OLLAMA_HOST", new OllamaErrors("far", new Uri("http://gpu.lan:11434/")).Unreachable(new HttpRequestException("refused")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_to_come_back_is_passed_on() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Translation.Errors.FromStatus(HttpStatusCode.TooManyRequests, "{}", TimeSpan.FromSeconds(7), "m", Prompt).RetryAfter);

    private static UpstreamError FromStatus(int status, string body) => Translation.Errors.FromStatus((HttpStatusCode)status, body, retryAfter: null, "qwen3:8b", Prompt);

    private static void AssertError(UpstreamErrorKind kind, string message, UpstreamError error) => Assert.Equal((kind, message), (error.Kind, error.Message));
}
