using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>
/// Go decodes a body into typed structs; the first value of a wrong type refuses the whole request with 400. This collects that
/// first error in Go's words: <c>json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string</c>.
/// </summary>
internal sealed class GoDecoding
{
    /// <summary>The first error, or null while everything fits.</summary>
    public string? Error { get; private set; }

    /// <summary>Notes an error, unless there was one before.</summary>
    public void Fail(string error) => Error ??= error;

    /// <summary>Expects a string at <c>parent[name]</c>.</summary>
    public void Text(JsonElement parent, string name, string location) => Field(parent, name, location, "string", JsonValueKind.String);

    /// <summary>Expects a boolean at <c>parent[name]</c>.</summary>
    public void Bool(JsonElement parent, string name, string location) => Field(parent, name, location, "bool", JsonValueKind.True, JsonValueKind.False);

    /// <summary>Expects a whole number at <c>parent[name]</c>.</summary>
    public void Whole(JsonElement parent, string name, string location)
    {
        if (parent.Find(name) is not { } value)
        {
            return;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            Mismatch(Describe(value), $"{location}.{name}", "int");
        }
        else if (!value.TryGetInt64(out _))
        {
            Mismatch($"number {value.GetRawText()}", $"{location}.{name}", "int");
        }
    }

    /// <summary>The elements of an array at <c>parent[name]</c>; nothing when it is absent or (an error) no array.</summary>
    public IEnumerable<JsonElement> Items(JsonElement parent, string name, string location, string goType) =>
        Field(parent, name, location, goType, JsonValueKind.Array)?.EnumerateArray().AsEnumerable() ?? [];

    /// <summary>Expects an array of strings at <c>parent[name]</c>.</summary>
    public void Texts(JsonElement parent, string name, string location)
    {
        foreach (var item in Items(parent, name, location, "[]string"))
        {
            Value(item, $"{location}.{name}", "string", JsonValueKind.String);
        }
    }

    /// <summary>The object at <c>parent[name]</c>; null when it is absent or (an error) no object.</summary>
    public JsonElement? Object(JsonElement parent, string name, string location, string goType) =>
        Field(parent, name, location, goType, JsonValueKind.Object);

    /// <summary>Expects a value of one of the kinds; JSON null always fits, it leaves a Go field alone.</summary>
    public bool Value(JsonElement value, string location, string goType, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        if (kinds.Contains(value.ValueKind))
        {
            return true;
        }

        Mismatch(Describe(value), location, goType);
        return false;
    }

    private JsonElement? Field(JsonElement parent, string name, string location, string goType, params ReadOnlySpan<JsonValueKind> kinds) =>
        parent.Find(name) is { } value && Value(value, $"{location}.{name}", goType, kinds) ? value : null;

    private void Mismatch(string found, string location, string goType) =>
        Fail($"json: cannot unmarshal {found} into Go struct field {location} of type {goType}");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
