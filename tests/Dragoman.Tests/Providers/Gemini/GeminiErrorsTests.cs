using System.Net;
using System.Text;
using Dragoman.Replies;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>Google's failures, as the client learns of them.</summary>
public sealed class GeminiErrorsTests
{
    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "Please ensure that …", nameof(UpstreamErrorKind.InvalidRequest))]
    [InlineData(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", nameof(UpstreamErrorKind.Permission))]
    [InlineData(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", nameof(UpstreamErrorKind.Authentication))]
    [InlineData(403, "PERMISSION_DENIED", "Permission 'aiplatform.endpoints.predict' denied", nameof(UpstreamErrorKind.Permission))]
    [InlineData(404, "NOT_FOUND", "models/x is not found for API version v1beta", nameof(UpstreamErrorKind.ModelNotFound))]
    [InlineData(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", nameof(UpstreamErrorKind.RateLimited))]
    [InlineData(500, "INTERNAL", "An internal error has occurred.", nameof(UpstreamErrorKind.Overloaded))]
    [InlineData(503, "UNAVAILABLE", "The model is overloaded.", nameof(UpstreamErrorKind.Overloaded))]
    [InlineData(504, "DEADLINE_EXCEEDED", "Deadline expired.", nameof(UpstreamErrorKind.TimedOut))]
    [InlineData(499, "CANCELLED", "The operation was cancelled.", nameof(UpstreamErrorKind.Broken))]
    public void Each_status_is_an_error_of_its_kind(int status, string name, string message, string kind)
    {
        var body = GoogleReply.Error(status, name, message).Body;
        foreach (var form in (string[])[body, $"[{body}\n]"])
        {
            var error = GeminiTranslation.Errors.FromStatus((HttpStatusCode)status, form, null, "gemini-x");
            Assert.Equal(Enum.Parse<UpstreamErrorKind>(kind), error.Kind);
            Assert.StartsWith($"gemini/gemini-x: {message}", error.Message, StringComparison.Ordinal);
            Assert.Equal(error, GeminiTranslation.Errors.FromChunk(Encoding.UTF8.GetBytes(body), "gemini-x"));
        }
    }

    [Theory]
    [InlineData("API key not valid. Please pass a valid API key.", "[]")]
    [InlineData("Something about a key", """[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]""")]
    [InlineData("API key expired. Please renew the API key.", "[]")]
    public void A_bad_key_is_no_bad_request_and_the_user_is_told_what_to_do(string message, string details)
    {
        var error = GeminiTranslation.Errors.FromStatus(HttpStatusCode.BadRequest, GoogleReply.Error(400, "INVALID_ARGUMENT", message, details).Body, null, "m");
        Assert.Equal(UpstreamErrorKind.Authentication, error.Kind);
        Assert.EndsWith(". Check the key.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("37s", 37)]
    [InlineData("3.2s", 4)]
    [InlineData("0.001s", 1)]
    public void The_wait_that_google_asks_for_is_passed_on_in_whole_seconds(string delay, int seconds)
    {
        var body = GoogleReply.Error(429, "RESOURCE_EXHAUSTED", "quota", $$"""[{"@type":"type.googleapis.com/google.rpc.QuotaFailure"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{delay}}"}]""").Body;
        Assert.Equal(TimeSpan.FromSeconds(seconds), GeminiTranslation.Errors.FromStatus(HttpStatusCode.TooManyRequests, body, TimeSpan.FromSeconds(99), "m").RetryAfter);
    }

    [Fact]
    public void Without_it_the_header_counts() => Assert.Equal(
        TimeSpan.FromSeconds(9), GeminiTranslation.Errors.FromStatus(HttpStatusCode.TooManyRequests, GoogleReply.Error(429, "RESOURCE_EXHAUSTED", "quota").Body, TimeSpan.FromSeconds(9), "m").RetryAfter);

    [Theory]
    [InlineData("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")]
    [InlineData("The input token count 1200000 exceeds the maximum number of tokens allowed 1048576.")]
    [InlineData("Unable to submit request because the input token count is 1200000 but model only supports up to 1048576. Reduce the input token count and try again.")]
    public void A_prompt_that_is_too_long_is_said_in_the_words_that_clients_know(string message) => Assert.Equal(
        new UpstreamError(UpstreamErrorKind.ContextOverflow, "prompt is too long: 1200000 tokens > 1048576 maximum"),
        GeminiTranslation.Errors.FromStatus(HttpStatusCode.BadRequest, GoogleReply.Error(400, "INVALID_ARGUMENT", message).Body, null, "m"));

    [Theory]
    [InlineData(502, "<html>bad gateway</html>", nameof(UpstreamErrorKind.Broken), "<html>bad gateway</html>")]
    [InlineData(503, "", nameof(UpstreamErrorKind.Overloaded), "HTTP 503 without a reason")]
    [InlineData(400, """{"error":7}""", nameof(UpstreamErrorKind.InvalidRequest), "7")]
    [InlineData(400, """{"error":{"code":"x","message":7,"details":7}}""", nameof(UpstreamErrorKind.InvalidRequest), "HTTP 400 without a reason")]
    [InlineData(429, "[]", nameof(UpstreamErrorKind.RateLimited), "[]")]
    [InlineData(404, "nothing here", nameof(UpstreamErrorKind.ModelNotFound), "nothing here")]
    public void What_is_not_googles_form_is_shown_as_it_is(int status, string body, string kind, string shown)
    {
        var error = GeminiTranslation.Errors.FromStatus((HttpStatusCode)status, body, null, "m");
        Assert.Equal(Enum.Parse<UpstreamErrorKind>(kind), error.Kind);
        Assert.StartsWith($"gemini/m: {shown}", error.Message, StringComparison.Ordinal);
    }
}
