using System.Globalization;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Http;

/// <summary>Answers that are one JSON object.</summary>
internal static class JsonReply
{
    /// <summary>Sends an object; <paramref name="write"/> fills it.</summary>
    public static async Task SendAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        http.Response.StatusCode = status;
        // SDKs parse JSON only when the type says so.
        http.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter, JsonOutput.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>Sends JSON that is there already, as it is.</summary>
    public static async Task PassAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>Sends an error.</summary>
    public static Task SendAsync(HttpContext http, ApiError error, string requestId)
    {
        RetryAdvices.Write(http, error.Advice);
        if (error.Passed is { } passed) return PassAsync(http, passed.Status, passed.Body);
        if (error.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(0, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return SendAsync(http, error.Status, json =>
        {
            json.WriteString("type"u8, "error"u8);
            json.WriteStartObject("error"u8);
            json.WriteString("type"u8, error.Type);
            json.WriteString("message"u8, error.Message);
            if (error.ErrorCode is not null)
            {
                json.WriteStartObject("details"u8);
                json.WriteString("error_code"u8, error.ErrorCode);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteString("request_id"u8, requestId);
        });
    }
}
