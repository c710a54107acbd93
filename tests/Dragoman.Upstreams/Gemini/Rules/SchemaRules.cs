using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>
/// What a schema of <c>parameters</c> or <c>responseSchema</c> must be beyond its declared fields. The Gemini API reports every fault with its path,
/// Vertex AI the first in a sentence.
/// </summary>
/// <param name="request">The request.</param>
/// <param name="root">Where the schema is, for example <c>GenerateContentRequest.tools[0].function_declarations[0].parameters</c>.</param>
/// <param name="function">The function's name, or null for a response schema.</param>
internal sealed partial class SchemaRules(GeminiRequestParts request, string root, string? function)
{
    private readonly List<string> faults = [];

    /// <summary>Checks a schema with all of its parts.</summary>
    /// <exception cref="RequestFault">It breaks a rule.</exception>
    public void Check(JsonElement schema)
    {
        if (function is not null && Type(schema) != "OBJECT")
        {
            Fault(root, ".type: must be OBJECT", "parameters", "should be of type OBJECT");
        }

        Walk(schema, root, function is null ? "response_schema" : "parameters");
        if (faults.Count > 0)
        {
            throw RequestFault.Of(string.Concat(faults.Select(fault => $"* {fault}\n")));
        }
    }

    private void Walk(JsonElement schema, string path, string name)
    {
        if (schema.Find("anyOf") is not null)
        {
            Alternatives(schema, path, name);
            return;
        }

        if (Type(schema) is not { } type)
        {
            Fault(path, ".type: must be specified when not using one_of, any_of or all_of fields", name, "didn't specify the schema type field");
            return;
        }

        Enum(schema, type, path, name);
        Format(schema, type, path, name);
        Object(schema, type, path, name);
        Array(schema, type, path, name);
    }

    private void Alternatives(JsonElement schema, string path, string name)
    {
        // Seen on Vertex AI alone, where not even a description may stand beside it.
        if (request.Flavour.IsVertex() && schema.EnumerateObject().Count() > 1)
        {
            Fault(path, "", name, "specified other fields alongside any_of. When using any_of, it must be the only field set");
        }

        foreach (var (index, branch) in schema.FindItems("anyOf").Index())
        {
            Walk(branch, $"{path}.any_of[{index}]", $"{name}.anyOf[{index}]");
        }
    }

    private void Enum(JsonElement schema, string type, string path, string name)
    {
        var values = schema.FindItems("enum").ToList();
        if (values.Count > 0 && type != "STRING")
        {
            Fault(path, ".enum: only allowed for STRING type", name, "specified enum for a type that is not STRING");
        }

        foreach (var (index, value) in values.Index().Where(value => value.Item.GetString() is ""))
        {
            Fault(path, $".enum[{index}]: cannot be empty", name, "has an empty enum value");
        }
    }

    private void Format(JsonElement schema, string type, string path, string name)
    {
        // Vertex AI takes any format.
        if (request.Flavour.IsVertex() || schema.FindText("format") is not { Length: > 0 } format)
        {
            return;
        }

        string[] known = type switch
        {
            "STRING" => ["enum", "date-time"],
            "NUMBER" => ["float", "double"],
            "INTEGER" => ["int32", "int64"],
            _ => [],
        };
        if (!known.Contains(format))
        {
            Fault(path, $".format: only {string.Join(" and ", known.Select(word => $"'{word}'"))} are supported for {type} type", name, "");
        }
    }

    private void Object(JsonElement schema, string type, string path, string name)
    {
        var properties = schema.Find("properties") is { ValueKind: JsonValueKind.Object } map ? map.EnumerateObject().ToList() : [];
        if (properties.Count > 0 && type != "OBJECT")
        {
            Fault(path, ".properties: only allowed for OBJECT type", name, "specified properties for a type that is not OBJECT");
        }

        if (type == "OBJECT" && properties.Count == 0 && !request.Model.TakesEmptyObjects)
        {
            Fault(path, ".properties: should be non-empty for OBJECT type", name, "properties should be non-empty for OBJECT type");
        }

        foreach (var (index, required) in schema.FindItems("required").Index().Where(entry => properties.TrueForAll(property => property.Name != entry.Item.GetString())))
        {
            Fault(path, $".required[{index}]: property is not defined", name, $"required property `{required.GetString()}` is not defined");
        }

        foreach (var property in properties)
        {
            if (!PropertyName().IsMatch(property.Name))
            {
                Fault(path, $".properties[{property.Name}]: the key may only contain letters, digits and underscores, at most 64", name, $"has the property `{property.Name}`, which is not a valid name");
            }

            Walk(property.Value, $"{path}.properties[{property.Name}]", $"{name}.{property.Name}");
        }
    }

    private void Array(JsonElement schema, string type, string path, string name)
    {
        if (schema.Find("items") is { } items)
        {
            if (type != "ARRAY")
            {
                Fault(path, ".items: only allowed for ARRAY type", name, "specified items for a type that is not ARRAY");
            }

            Walk(items, $"{path}.items", $"{name}.items");
        }
        else if (type == "ARRAY")
        {
            Fault(path, ".items: missing field.", name, "items: missing field");
        }
    }

    /// <summary>The Gemini API goes on and reports all.</summary>
    private void Fault(string path, string geminiApi, string name, string vertex)
    {
        if (request.Flavour.IsVertex())
        {
            var subject = function is null ? $"`{name}`" : $"`{function}` functionDeclaration `{name}`";
            throw RequestFault.Of($"Unable to submit request because {subject} schema {vertex}. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling");
        }

        faults.Add(string.Create(CultureInfo.InvariantCulture, $"{path}{geminiApi}"));
    }

    private static string? Type(JsonElement schema) => schema.FindText("type");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PropertyName();
}
