using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Writing;

/// <summary>The smallest JSON value that a schema allows, near enough: what a model that is forced to obey it might write.</summary>
internal static class SchemaInstance
{
    // A recursive schema ends in null below this depth.
    private const int MaxDepth = 32;

    /// <summary>An instance as compact JSON: required properties only, the first of an enum, the first branch of a union.</summary>
    public static string Of(JsonElement schema) => Json.Write(writer => Write(writer, schema, schema, 0));

    private static void Write(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        if (depth > MaxDepth || schema.ValueKind != JsonValueKind.Object)
        {
            writer.WriteNullValue();
        }
        else if (schema.TryGetProperty("const", out var constant))
        {
            constant.WriteTo(writer);
        }
        else if (schema.FindItems("enum").FirstOrDefault() is { ValueKind: not JsonValueKind.Undefined } first)
        {
            first.WriteTo(writer);
        }
        else if (schema.FindText("$ref") is { } reference)
        {
            Write(writer, Resolve(reference, root), root, depth + 1);
        }
        else if (schema.FindItems("anyOf").Concat(schema.FindItems("oneOf")).Concat(schema.FindItems("allOf")).FirstOrDefault()
                 is { ValueKind: JsonValueKind.Object } branch)
        {
            Write(writer, branch, root, depth + 1);
        }
        else
        {
            WriteOfType(writer, schema, root, depth);
        }
    }

    private static void WriteOfType(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        var type = schema.FindText("type") ?? schema.FindItems("type").FirstOrDefault() switch
        {
            { ValueKind: JsonValueKind.String } word => word.GetString(),
            _ => schema.Find("properties") is null ? "string" : "object",
        };
        // Gemini writes types in capitals.
        switch (type?.ToLowerInvariant())
        {
            case "object":
                WriteObject(writer, schema, root, depth);
                break;
            case "array":
                WriteArray(writer, schema, root, depth);
                break;
            case "integer" or "number":
                writer.WriteNumberValue(schema.Find("minimum") is { ValueKind: JsonValueKind.Number } minimum ? minimum.GetDecimal() : 0);
                break;
            case "boolean":
                writer.WriteBooleanValue(true);
                break;
            case "null":
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue("simulated");
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        writer.WriteStartObject();
        foreach (var name in schema.FindItems("required").Select(name => name.GetString()).OfType<string>())
        {
            writer.WritePropertyName(name);
            Write(writer, schema.Find("properties")?.Find(name) ?? Json.Parse("{}"), root, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter writer, JsonElement schema, JsonElement root, int depth)
    {
        var count = schema.Find("minItems") is { ValueKind: JsonValueKind.Number } least ? least.GetInt32() : 0;
        writer.WriteStartArray();
        for (var index = 0; index < count; index++)
        {
            Write(writer, schema.Find("items") ?? Json.Parse("{}"), root, depth + 1);
        }

        writer.WriteEndArray();
    }

    /// <summary>A reference inside the document, such as <c>#/$defs/Point</c>.</summary>
    private static JsonElement Resolve(string reference, JsonElement root)
    {
        var found = root;
        foreach (var segment in reference.Split('/').Skip(1))
        {
            if (found.Find(segment) is not { } next)
            {
                return default;
            }

            found = next;
        }

        return found;
    }
}
