using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>What a single part must have.</summary>
internal static class PartRules
{
    private static readonly string[] Data =
        ["text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult", "toolCall", "toolResponse"];

    // image/gif is the one that clients send and Gemini doesn't know.
    private static readonly string[] Media =
    [
        "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "application/pdf", "text/", "audio/", "video/",
    ];

    private static readonly string[] MediaInResults = ["image/png", "image/jpeg", "image/webp", "application/pdf", "text/plain"];

    /// <summary>Checks one part.</summary>
    /// <exception cref="RequestFault">A rule is broken.</exception>
    public static void Check(GeminiRequestParts request, JsonElement part, string path)
    {
        if (!Data.Any(name => part.Find(name) is not null))
        {
            throw RequestFault.Of(
                request.Flavour,
                $"* {path}.data: required oneof field 'data' must have one initialized field\n",
                "it must include at least one parts field, which describes the prompt input. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini");
        }

        // The model itself ends answers with an empty part that carries a signature; it may come back.
        if (part.FindText("text") is "" && part.FindText("thoughtSignature") is null)
        {
            throw RequestFault.Of(
                request.Flavour,
                $"* {path}.data: required oneof field 'data' must have one initialized field\n",
                "it has an empty text parameter. Add a value to the parameter and try again. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini");
        }

        if (part.Find("inlineData") is { } blob)
        {
            CheckMedia(blob, Media);
        }

        if (part.Find("fileData") is { } file && string.IsNullOrEmpty(file.FindText("fileUri")))
        {
            throw RequestFault.Of(request.Flavour, $"* {path}.file_data.file_uri: file_uri must not be empty.\n", "it must have a fileUri parameter.");
        }

        if ((part.Find("functionCall") ?? part.Find("functionResponse")) is { } function)
        {
            CheckFunction(request, function, path, isResponse: part.Find("functionResponse") is not null);
        }
    }

    private static void CheckFunction(GeminiRequestParts request, JsonElement function, string path, bool isResponse)
    {
        var field = isResponse ? "function_response" : "function_call";
        if (string.IsNullOrEmpty(function.FindText("name")))
        {
            throw RequestFault.Of(request.Flavour, $"* {path}.{field}.name: Name cannot be empty.\n", $"a {field} part has no name.");
        }

        if (!isResponse)
        {
            return;
        }

        if (function.Find("response") is null)
        {
            throw RequestFault.Of(request.Flavour, $"* {path}.{field}.response: response must not be empty.\n", $"a {field} part has no response.");
        }

        foreach (var inside in function.FindItems("parts"))
        {
            if (!request.Model.SeesMediaInResults)
            {
                throw RequestFault.Of($"Multimodal function responses are not supported by the model {request.Model.Name}.");
            }

            if (inside.Find("inlineData") is { } blob)
            {
                CheckMedia(blob, MediaInResults);
            }
        }
    }

    private static void CheckMedia(JsonElement blob, string[] allowed)
    {
        var type = blob.FindText("mimeType") ?? "";
        if (!allowed.Any(known => known.EndsWith('/') ? type.StartsWith(known, StringComparison.Ordinal) : type == known))
        {
            throw RequestFault.Of($"Unsupported MIME type: {type}");
        }

        if (blob.FindText("data") is not { Length: > 0 })
        {
            throw RequestFault.Of(type.StartsWith("image/", StringComparison.Ordinal) ? "Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting" : "The document has no pages.");
        }
    }
}
