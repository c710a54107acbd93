using System.Buffers.Text;
using System.Text.Json;

namespace Dragoman.Upstreams.Ollama;

/// <summary>What the real server refuses (api/types.go, routes.go), with its own texts: a wrong translation shows here and not only on a user's machine.</summary>
internal static class ChatRules
{
    private static readonly string[] ThinkLevels = ["low", "medium", "high", "max"];

    /// <summary>The first thing wrong with a request: status and error text; null when it is fine.</summary>
    public static (int Status, string Error)? Check(JsonElement request, SimulatedModel model)
    {
        string? error = CheckThink(request, model) ?? CheckTools(request, model) ?? CheckFormat(request) ?? CheckMessages(request) ?? CheckOptions(request) ?? CheckFlags(request);
        return error is null ? null : (400, error);
    }

    private static string? CheckThink(JsonElement request, SimulatedModel model)
    {
        if (!request.TryGetProperty("think", out var think)) return null;
        if (think.ValueKind == JsonValueKind.String && !ThinkLevels.Contains(think.GetString())) return $"invalid think value: {think}";
        if (think.ValueKind is not (JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)) return $"invalid think value: {think}";
        return think.ValueKind != JsonValueKind.False && !model.Can("thinking") ? $"\"{model.Name}\" does not support thinking" : null;
    }

    private static string? CheckTools(JsonElement request, SimulatedModel model)
    {
        if (!request.TryGetProperty("tools", out var tools) || tools.GetArrayLength() == 0) return null;
        if (!model.Can("tools")) return $"registry.ollama.ai/library/{model.Name} does not support tools";
        foreach (var tool in tools.EnumerateArray())
        {
            var parameters = tool.GetProperty("function").GetProperty("parameters");
            if (parameters.TryGetProperty("type", out var type) && type.ValueKind != JsonValueKind.String) return Cannot(type, "ToolFunctionParameters.type", "string");
            if (parameters.TryGetProperty("properties", out var properties) && CheckProperties(properties) is { } wrong) return wrong;
        }

        return null;
    }

    // Each property binds to a Go struct: a boolean schema, or anything that is no object, is an error of the whole request.
    private static string? CheckProperties(JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object) return Cannot(properties, "properties", "map[string]api.ToolProperty");
        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object) return Cannot(property.Value, "properties", "api.ToolProperty");
            if (property.Value.TryGetProperty("properties", out var nested) && CheckProperties(nested) is { } wrong) return wrong;
            if (!property.Value.TryGetProperty("anyOf", out var choices)) continue;
            if (choices.ValueKind != JsonValueKind.Array || choices.EnumerateArray().Any(choice => choice.ValueKind != JsonValueKind.Object)) return Cannot(choices, "properties.anyOf", "[]api.ToolProperty");
        }

        return null;
    }

    private static string? CheckFormat(JsonElement request)
    {
        if (!request.TryGetProperty("format", out var format)) return null;
        var fine = format.ValueKind == JsonValueKind.Object || (format.ValueKind == JsonValueKind.String && format.GetString() == "json");
        return fine ? null : $"invalid format: {format.GetRawText()}; expected \"json\" or a valid JSON Schema object";
    }

    private static string? CheckMessages(JsonElement request)
    {
        foreach (var message in request.GetProperty("messages").EnumerateArray())
        {
            if (!message.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.String) return Cannot(content, "messages.content", "string");
            foreach (var image in Entries(message, "images"))
            {
                if (image.ValueKind != JsonValueKind.String || !Base64.IsValid(image.GetString())) return "illegal base64 data at input byte 0";
            }

            foreach (var call in Entries(message, "tool_calls"))
            {
                var arguments = call.GetProperty("function").GetProperty("arguments");
                if (arguments.ValueKind != JsonValueKind.Object) return Cannot(arguments, "messages.tool_calls.function.arguments", "api.ToolCallFunctionArguments");
            }
        }

        return null;
    }

    private static string? CheckOptions(JsonElement request)
    {
        if (!request.TryGetProperty("options", out var options)) return null;
        foreach (var name in (string[])["num_ctx", "num_predict", "top_k", "seed"])
        {
            if (options.TryGetProperty(name, out var value) && !value.TryGetInt32(out _)) return $"option \"{name}\" must be of type integer";
        }

        return options.TryGetProperty("stop", out var stop) && stop.ValueKind != JsonValueKind.Array ? "option \"stop\" must be of type array" : null;
    }

    private static string? CheckFlags(JsonElement request)
    {
        foreach (var name in (string[])["stream", "truncate", "shift"])
        {
            if (request.TryGetProperty(name, out var flag) && flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return Cannot(flag, name, "bool");
        }

        return null;
    }

    private static IEnumerable<JsonElement> Entries(JsonElement message, string field) =>
        message.TryGetProperty(field, out var entries) && entries.ValueKind == JsonValueKind.Array ? entries.EnumerateArray() : [];

    private static string Cannot(JsonElement value, string field, string type) =>
        $"json: cannot unmarshal {value.ValueKind.ToString().ToLowerInvariant()} into Go struct field ChatRequest.{field} of type {type}";
}
