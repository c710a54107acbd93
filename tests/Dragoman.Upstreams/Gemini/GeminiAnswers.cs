using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Gemini;

/// <summary>Whole answers, as Google's front end writes them.</summary>
internal static class GeminiAnswers
{
    public const string JsonType = "application/json; charset=UTF-8";

    /// <summary>What stands for every path that isn't the API's.</summary>
    private const string NotFoundPage =
        "<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error 404 (Not Found)!!1</title>\n  <p><b>404.</b> <ins>That’s an error.</ins>\n";

    /// <summary>An object.</summary>
    public static Task AnswerAsync(this HttpResponse response, string json, CancellationToken cancellationToken) =>
        response.AnswerAsync(StatusCodes.Status200OK, json, JsonType, cancellationToken);

    /// <summary>An error.</summary>
    public static Task AnswerAsync(this HttpResponse response, GoogleError error, bool inArray, CancellationToken cancellationToken)
    {
        var body = Json.Write(error.WriteTo, indented: true);
        return response.AnswerAsync(error.Code, inArray ? $"[{body}\n]" : $"{body}\n", JsonType, cancellationToken);
    }

    /// <summary>A page that says that there is none.</summary>
    public static Task AnswerNotFoundAsync(this HttpResponse response, CancellationToken cancellationToken) =>
        response.AnswerAsync(StatusCodes.Status404NotFound, NotFoundPage, "text/html; charset=UTF-8", cancellationToken);
}
