using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini.Shape;

/// <summary>
/// Reads a request as Google's front end does: field by field against the message's declaration, before anybody looks at its meaning. Every fault is
/// reported, not only the first.
/// </summary>
internal sealed partial class ProtoDecoding(ApiFlavour flavour)
{
    private const string NotRepeating = "Proto field is not repeating, cannot start list.";

    private readonly List<(string Field, string Description)> violations = [];

    /// <summary>What is wrong, or null.</summary>
    public GoogleError? Error => violations.Count == 0 ? null : GoogleError.Invalid(string.Join('\n', violations.Select(violation => violation.Description))) with
    {
        Details = [Json.Write(WriteBadRequest)],
    };

    /// <summary>Reads a message. The result is the same in camel case and without nulls; what can't be read is left out.</summary>
    public JsonElement Read(JsonElement value, string message) => Json.Parse(Json.Write(writer => ReadMessage(writer, value, message, "")));

    private void ReadMessage(Utf8JsonWriter writer, JsonElement value, string message, string path)
    {
        writer.WriteStartObject();
        if (value.ValueKind != JsonValueKind.Object)
        {
            Invalid(path, $"type.googleapis.com/{Package}.{message}", value);
        }
        else
        {
            ReadFields(writer, value, message, path);
        }

        writer.WriteEndObject();
    }

    private void ReadFields(Utf8JsonWriter writer, JsonElement value, string message, string path)
    {
        var chosen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            var name = Camel(property.Name);
            if (ProtoTable.Fields(message).FirstOrDefault(field => field.Name == name && field.IsIn(flavour)) is not { } field)
            {
                Unknown(property.Name, path, "Cannot find field.");
            }
            else if (field.OneOf is { } group && !chosen.TryAdd(group, name))
            {
                Report(path, $"Invalid value at '{path}' (oneof), oneof field '{group}' is already set. Cannot set '{name}'");
            }
            else if (property.Value.ValueKind == JsonValueKind.Array && !field.IsRepeated && field.Kind != ProtoKind.Value)
            {
                Unknown(property.Name, path, NotRepeating);
            }
            else
            {
                writer.WritePropertyName(name);
                ReadField(writer, property.Value, field, path.Length == 0 ? Snake(name) : $"{path}.{Snake(name)}", property.Name);
            }
        }
    }

    private void ReadField(Utf8JsonWriter writer, JsonElement value, ProtoField field, string path, string name)
    {
        if (field.IsRepeated)
        {
            writer.WriteStartArray();
            // One object in the place of a list of one is taken, too.
            IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
            foreach (var (index, item) in items.Index())
            {
                ReadOne(writer, item, field, $"{path}[{index}]", name);
            }

            writer.WriteEndArray();
        }
        else if (field.IsMap && value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var (index, entry) in value.EnumerateObject().Index())
            {
                writer.WritePropertyName(entry.Name);
                ReadOne(writer, entry.Value, field, $"{path}[{index}].value", entry.Name);
            }

            writer.WriteEndObject();
        }
        else
        {
            ReadOne(writer, value, field, path, name);
        }
    }

    private void ReadOne(Utf8JsonWriter writer, JsonElement value, ProtoField field, string path, string name)
    {
        if (value.ValueKind == JsonValueKind.Array && field.Kind is not (ProtoKind.Value or ProtoKind.Struct))
        {
            Unknown(name, path, NotRepeating);
            writer.WriteNullValue();
        }
        else if (field.Kind == ProtoKind.Message)
        {
            ReadMessage(writer, value, field.Type, path);
        }
        else
        {
            if (Fault(value, field) is { } type)
            {
                Invalid(path, type, value);
            }

            if (field.Kind == ProtoKind.Enum && value.ValueKind == JsonValueKind.String)
            {
                writer.WriteStringValue(value.GetString()!.ToUpperInvariant());
            }
            else
            {
                value.WriteTo(writer);
            }
        }
    }

    /// <summary>The type that the value isn't of, or null.</summary>
    private string? Fault(JsonElement value, ProtoField field) => field.Kind switch
    {
        ProtoKind.Text => value.ValueKind == JsonValueKind.String ? null : "TYPE_STRING",
        ProtoKind.Bytes => value.ValueKind == JsonValueKind.String && IsBase64(value.GetString()!) ? null : "TYPE_BYTES",
        ProtoKind.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "TYPE_BOOL",
        ProtoKind.Whole => IsWhole(value) ? null : "TYPE_INT32",
        ProtoKind.Number => value.ValueKind == JsonValueKind.Number || IsNumber(value) ? null : "TYPE_DOUBLE",
        ProtoKind.Enum => value.ValueKind == JsonValueKind.String && field.Values.Contains(value.GetString()!, StringComparer.OrdinalIgnoreCase)
            ? null
            : $"type.googleapis.com/{Package}.{char.ToUpperInvariant(field.Name[0])}{field.Name[1..]}",
        ProtoKind.Struct => value.ValueKind == JsonValueKind.Object ? null : "type.googleapis.com/google.protobuf.Struct",
        _ => null,
    };

    private string Package => flavour.IsVertex() ? "google.cloud.aiplatform.v1" : "google.ai.generativelanguage.v1beta";

    // Whole numbers come in several spellings: 5, 5.0, "5".
    private static bool IsWhole(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return value.ValueKind is JsonValueKind.Number or JsonValueKind.String
            && double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue;
    }

    private static bool IsNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _);

    /// <summary>Both alphabets, with or without padding.</summary>
    internal static bool IsBase64(string text) => Base64().IsMatch(text);

    private void Unknown(string name, string path, string reason) => Report(
        path,
        $"Invalid JSON payload received. Unknown name \"{name}\"{(path.Length == 0 ? "" : $" at '{path}'")}: {reason}");

    private void Invalid(string path, string type, JsonElement value)
    {
        var text = value.GetRawText();
        Report(path, $"Invalid value at '{path}' ({type}), {(text.Length > 200 ? text[..200] : text)}");
    }

    private void Report(string path, string description) => violations.Add((path, description));

    private void WriteBadRequest(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("@type", "type.googleapis.com/google.rpc.BadRequest");
        writer.WriteStartArray("fieldViolations");
        foreach (var (field, description) in violations)
        {
            writer.WriteStartObject();
            writer.WriteString("field", field);
            writer.WriteString("description", description);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Camel(string name) => Underscore().Replace(name, match => match.Value[1..].ToUpperInvariant());

    private static string Snake(string name) => Capital().Replace(name, match => "_" + match.Value.ToLowerInvariant());

    [GeneratedRegex("_[a-z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Underscore();

    [GeneratedRegex("[A-Z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Capital();

    [GeneratedRegex("^[A-Za-z0-9+/_-]*={0,2}$", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Base64();
}
