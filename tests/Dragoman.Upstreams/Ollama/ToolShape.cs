using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// The Go types of tools (<c>api.Tool</c>). Of a schema only a few keywords are declared and so checked; the others (format, pattern,
/// oneOf, $ref, ...) are dropped in silence. What is declared is strict: boolean schemas, a top-level <c>type</c> array and
/// properties that are no objects are refused with 400.
/// </summary>
internal static class ToolShape
{
    private const string InParameters = "ToolFunctionParameters.tools.function.parameters";

    /// <summary>Checks <c>tools</c> of a chat request.</summary>
    public static void Check(JsonElement request, GoDecoding decoding)
    {
        foreach (var tool in decoding.Items(request, "tools", "ChatRequest", "api.Tools"))
        {
            if (!decoding.Value(tool, "ChatRequest.tools", "api.Tool", JsonValueKind.Object))
            {
                continue;
            }

            decoding.Text(tool, "type", "Tool.tools");
            if (decoding.Object(tool, "function", "Tool.tools", "api.ToolFunction") is not { } function)
            {
                continue;
            }

            decoding.Text(function, "name", "ToolFunction.tools.function");
            decoding.Text(function, "description", "ToolFunction.tools.function");
            if (decoding.Object(function, "parameters", "ToolFunction.tools.function", "api.ToolFunctionParameters") is { } parameters)
            {
                // A union such as ["object","null"] is refused here although a property may have one.
                decoding.Text(parameters, "type", InParameters);
                decoding.Texts(parameters, "required", InParameters);
                CheckProperties(parameters, InParameters, decoding);
            }
        }
    }

    private static void CheckProperties(JsonElement parent, string location, GoDecoding decoding)
    {
        var inside = location + ".properties";
        switch (parent.Find("properties"))
        {
            case null:
                return;
            case { ValueKind: JsonValueKind.Object } properties:
                foreach (var property in properties.EnumerateObject())
                {
                    CheckProperty(property.Value, inside, decoding);
                }

                return;
            default:
                decoding.Fail("Value looks like object, but can't find closing '}' symbol");
                return;
        }
    }

    private static void CheckProperty(JsonElement property, string location, GoDecoding decoding)
    {
        if (!decoding.Value(property, location, "api.ToolProperty", JsonValueKind.Object))
        {
            return;
        }

        foreach (var branch in decoding.Items(property, "anyOf", location, "[]api.ToolProperty"))
        {
            CheckProperty(branch, location + ".anyOf", decoding);
        }

        CheckType(property, location, decoding);
        decoding.Text(property, "description", location);
        _ = decoding.Items(property, "enum", location, "[]interface {}");
        decoding.Texts(property, "required", location);
        CheckProperties(property, location, decoding);
    }

    /// <summary><c>type</c> of a property: a string or an array of strings.</summary>
    private static void CheckType(JsonElement property, string location, GoDecoding decoding)
    {
        if (property.Find("type") is { ValueKind: not JsonValueKind.String } type
            && decoding.Value(type, location + ".type", "[]string", JsonValueKind.Array))
        {
            decoding.Texts(property, "type", location);
        }
    }
}
