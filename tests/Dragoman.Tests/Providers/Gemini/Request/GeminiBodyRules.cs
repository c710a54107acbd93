using System.Text.Json;
using Dragoman.Tests.Tools.Schemas;

namespace Dragoman.Tests.Providers.Gemini.Request;

/// <summary>The rules whose breach Google answers with a 400 (reference, sections 2, 3, 5 and 6).</summary>
internal static class GeminiBodyRules
{
    private static readonly string[] Fields = ["systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig", "labels", "contents"];

    private static readonly string[] PartKinds = ["text", "inlineData", "functionCall", "functionResponse"];

    /// <summary>What is wrong with a body.</summary>
    public static List<string> Violations(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
        var root = document.RootElement;
        var violations = new List<string>();
        violations.AddRange(root.EnumerateObject().Where(field => !Fields.Contains(field.Name)).Select(field => $"Unknown name \"{field.Name}\""));
        violations.AddRange(root.EnumerateObject().SelectMany(field => field.Name switch
        {
            "systemInstruction" => Part(field.Value.GetProperty("parts").EnumerateArray()),
            "tools" => Tools(field.Value),
            "generationConfig" => Generation(field.Value),
            _ => [],
        }));
        return [.. violations, .. Contents([.. root.GetProperty("contents").EnumerateArray()])];
    }

    private static IEnumerable<string> Tools(JsonElement tools)
    {
        var entries = tools.EnumerateArray().ToList();
        var functions = entries.Where(tool => tool.TryGetProperty("functionDeclarations", out _)).SelectMany(tool => tool.GetProperty("functionDeclarations").EnumerateArray()).ToList();
        if (functions.Count > 0 && entries.Count > 1) yield return "Tool use with function calling is unsupported";
        if (functions.Select(function => function.GetProperty("name").GetString()).Distinct(StringComparer.Ordinal).Count() != functions.Count) yield return "Duplicate function declaration";
        foreach (var function in functions)
        {
            if (!IsName(function.GetProperty("name").GetString()!)) yield return $"Invalid function name {function.GetProperty("name")}";
            if (!function.TryGetProperty("parameters", out var parameters)) continue;
            foreach (var violation in GeminiSchemaSubset.Violations(parameters)) yield return violation;
        }
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static IEnumerable<string> Generation(JsonElement config)
    {
        if (config.TryGetProperty("stopSequences", out var stops) && stops.GetArrayLength() > 5) yield return "stopSequences: at most 5";
        if (config.TryGetProperty("thinkingConfig", out var thinking) && thinking.TryGetProperty("thinkingBudget", out _) && thinking.TryGetProperty("thinkingLevel", out _)) yield return "budget and level";
        if (!config.TryGetProperty("responseSchema", out var schema)) yield break;
        foreach (var violation in GeminiSchemaSubset.Schema(schema, "response_schema")) yield return violation;
    }

    private static IEnumerable<string> Contents(List<JsonElement> contents)
    {
        if (contents.Count == 0) yield return "contents is not specified";
        for (var i = 0; i < contents.Count; i++)
        {
            var expected = i % 2 == 0 ? "user" : "model";
            if (contents[i].GetProperty("role").GetString() != expected) yield return $"contents[{i}] should be of the {expected}";
            var parts = contents[i].GetProperty("parts").EnumerateArray().ToList();
            if (parts.Count == 0) yield return "must include at least one parts field";
            foreach (var violation in Part(parts)) yield return $"contents[{i}]: {violation}";
            var calls = Of(parts, "functionCall");
            var answers = i + 1 < contents.Count ? Of([.. contents[i + 1].GetProperty("parts").EnumerateArray()], "functionResponse") : [];
            if (expected == "user") continue;
            if (!calls.Select(Key).Order(StringComparer.Ordinal).SequenceEqual(answers.Select(Key).Order(StringComparer.Ordinal))) yield return $"contents[{i}]: the number of function response parts is not equal to the number of function call parts";
            if (contents[i + 1].GetProperty("parts").EnumerateArray().Take(answers.Count).Any(part => !part.TryGetProperty("functionResponse", out _))) yield return $"contents[{i + 1}]: responses must come first";
        }

        if (contents.Count % 2 == 0) yield return "the last content must be of the user";
    }

    private static List<JsonElement> Of(List<JsonElement> parts, string kind) => [.. parts.Where(part => part.TryGetProperty(kind, out _)).Select(part => part.GetProperty(kind))];

    private static string Key(JsonElement call) => $"{call.GetProperty("id")} {call.GetProperty("name")}";

    private static IEnumerable<string> Part(IEnumerable<JsonElement> parts)
    {
        foreach (var part in parts)
        {
            if (PartKinds.Count(kind => part.TryGetProperty(kind, out _)) != 1) yield return $"a part is exactly one of its kinds: {part}";
            if (part.TryGetProperty("text", out var text) && (text.ValueKind != JsonValueKind.String || text.GetString()!.Length == 0)) yield return "an empty text";
            if (part.TryGetProperty("functionCall", out var call) && call.GetProperty("args").ValueKind != JsonValueKind.Object) yield return "args must be an object";
            if (part.TryGetProperty("functionResponse", out var response) && response.GetProperty("response").ValueKind != JsonValueKind.Object) yield return "a response must be an object";
        }
    }
}
