using System.Text.Json;
using Dragoman.Upstreams.Gemini.Shape;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>How many signatures of a request are real ones, and how many stand for a lost one.</summary>
internal readonly record struct SignatureCount(int Real, int Bypassed);

/// <summary>
/// Thought signatures of the current turn (reference, section 5). It begins behind the last content of the user that answers no call; a
/// reminder beside a response doesn't begin one.
/// </summary>
internal static class SignatureRules
{
    /// <summary>Checks the current turn.</summary>
    /// <exception cref="RequestFault">A signature is missing or wrong.</exception>
    public static SignatureCount Check(GeminiRequestParts request, ThoughtSignatures signatures)
    {
        var start = request.Contents.ToList().FindLastIndex(content => GeminiRequestParts.Role(content) == "user" && !GeminiRequestParts.Responses(content).Any());
        var real = 0;
        var bypassed = 0;
        foreach (var (index, content) in request.Contents.Index().Where(entry => entry.Index > start && GeminiRequestParts.Role(entry.Item) == "model"))
        {
            CheckFirstCall(request, content, index + 1);
            foreach (var part in GeminiRequestParts.Parts(content))
            {
                if (part.FindText("thoughtSignature") is not { } signature)
                {
                    continue;
                }

                if (ThoughtSignatures.IsBypass(signature))
                {
                    bypassed++;
                    continue;
                }

                CheckOne(request, part, signature, signatures);
                real++;
            }
        }

        return new SignatureCount(real, bypassed);
    }

    /// <summary>The first call of a step has one; those parallel to it have none.</summary>
    private static void CheckFirstCall(GeminiRequestParts request, JsonElement content, int position)
    {
        var first = GeminiRequestParts.Parts(content).FirstOrDefault(part => part.Find("functionCall") is not null);
        if (!request.Model.NeedsSignatures || first.ValueKind == JsonValueKind.Undefined || first.FindText("thoughtSignature") is { Length: > 0 })
        {
            return;
        }

        var name = first.Find("functionCall")?.FindText("name");
        throw RequestFault.Of(
            request.Flavour,
            "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. "
            + $"Additional data, function call `default_api:{name}` , position {position}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
            $"function call `{name}` in the {position}. content block is missing a `thought_signature`. Learn more: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures");
    }

    private static void CheckOne(GeminiRequestParts request, JsonElement part, string signature, ThoughtSignatures signatures)
    {
        if (!ProtoDecoding.IsBase64(signature) || signature.TrimEnd('=').Length % 4 == 1)
        {
            throw RequestFault.Of("Corrupted thought signature.");
        }

        if (!signatures.Belongs(signature, request.Model.Name, part))
        {
            throw RequestFault.Of("Invalid thought signature");
        }
    }
}
