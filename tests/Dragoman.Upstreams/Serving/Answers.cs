using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Serving;

/// <summary>Whole answers, with their length as a header.</summary>
internal static class Answers
{
    /// <summary>A JSON body with a status.</summary>
    public static Task AnswerAsync(this HttpResponse response, int status, string json, CancellationToken cancellationToken) =>
        response.AnswerAsync(status, json, "application/json; charset=utf-8", cancellationToken);

    /// <summary>A body of any type; none for HEAD.</summary>
    public static async Task AnswerAsync(this HttpResponse response, int status, string body, string contentType, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = Encoding.UTF8.GetByteCount(body);
        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            await response.WriteAsync(body, cancellationToken);
        }
    }
}
