using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>An error as Google's APIs word it: <c>{"error":{"code","message","status","details"}}</c>.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Status">The name of the status, for example <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">The text.</param>
public sealed record GoogleError(int Code, string Status, string Message)
{
    /// <summary>The details, each a JSON object.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>A request that breaks a rule.</summary>
    public static GoogleError Invalid(string message) => new(400, "INVALID_ARGUMENT", message);

    /// <summary>Too many requests; with the time to wait, and the quota that is used up.</summary>
    public static GoogleError Quota(double retrySeconds = 37)
    {
        var seconds = FormattableString.Invariant($"{retrySeconds}s");
        return new GoogleError(
            429,
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota, please check your plan and billing details. "
            + "For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n"
            + "* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10, model: simulated\n"
            + $"Please retry in {seconds}.")
        {
            Details =
            [
                """{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Learn more about Gemini API quotas","url":"https://ai.google.dev/gemini-api/docs/rate-limits"}]}""",
                """{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaDimensions":{"location":"global","model":"simulated"},"quotaValue":"10"}]}""",
                $$"""{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{seconds}}"}""",
            ],
        };
    }

    /// <summary>Vertex AI's words when its shared capacity is used up: no details at all.</summary>
    public static GoogleError Exhausted { get; } = new(
        429,
        "RESOURCE_EXHAUSTED",
        "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.");

    /// <summary>The model has more to do than it can.</summary>
    public static GoogleError Overloaded { get; } = new(503, "UNAVAILABLE", "The model is overloaded. Please try again later.");

    /// <summary>Google's own fault.</summary>
    public static GoogleError Internal { get; } = new(
        500,
        "INTERNAL",
        "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting");

    /// <summary>It took too long.</summary>
    public static GoogleError DeadlineExceeded { get; } = new(
        504,
        "DEADLINE_EXCEEDED",
        "The request timed out. Please try again.");

    /// <summary>A detail that names the reason, for example <c>API_KEY_INVALID</c>.</summary>
    internal static string Reason(string reason, string service) =>
        $$"""{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{reason}}","domain":"googleapis.com","metadata":{"service":"{{service}}"} }""";

    /// <summary>The JSON object.</summary>
    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteNumber("code", Code);
        writer.WriteString("message", Message);
        writer.WriteString("status", Status);
        if (Details.Count > 0)
        {
            writer.WriteStartArray("details");
            foreach (var detail in Details)
            {
                Json.Parse(detail).WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
