using System.Globalization;
using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Routing;

namespace Dragoman.Http;

/// <summary>A model as <c>/v1/models</c> shows it.</summary>
/// <param name="Id">The id that the client may send.</param>
/// <param name="Target">What really runs.</param>
/// <param name="Info">What is known of it; null when its upstream can't be asked.</param>
internal sealed record ListedModel(string Id, Target Target, ModelInfo? Info)
{
    /// <summary>Writes the whole object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteFields(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the object's fields. Every field of the type is there: the official C# SDK refuses a model without <c>lifecycle</c> or with half of the capabilities.</summary>
    public void WriteFields(Utf8JsonWriter json)
    {
        if (Info is { Raw.IsEmpty: false }) Pass(json, Info);
        else WriteOwnFields(json, Info);
    }

    private void WriteOwnFields(Utf8JsonWriter json, ModelInfo? described)
    {
        json.WriteString("type"u8, "model"u8);
        json.WriteString("id"u8, Id);
        json.WriteString("display_name"u8, ModelName.IsClaude(Id) ? $"{Id} ({Target.Model})" : Target.Model);
        json.WriteString("created_at"u8, (Info?.CreatedAt ?? DateTimeOffset.UnixEpoch).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("lifecycle"u8, "active"u8);
        json.WriteNull("deprecated_at"u8);
        json.WriteNull("retires_at"u8);
        json.WriteString("line"u8, ModelName.IsClaude(Id) ? ModelName.Tier(Id) : null);
        WriteNumber(json, "max_input_tokens", Info?.MaxInputTokens);
        WriteNumber(json, "max_tokens", Info?.MaxOutputTokens);
        if (described is null) json.WriteNull("capabilities"u8);
        else WriteCapabilities(json, described);
    }

    // As the upstream lists it: only the id may be another one here, and what a server that is not Anthropic's leaves out is added.
    private void Pass(Utf8JsonWriter json, ModelInfo info)
    {
        using var listed = JsonDocument.Parse(info.Raw);
        using var own = new MemoryStream();
        using (var writer = new Utf8JsonWriter(own))
        {
            writer.WriteStartObject();
            // Half of the capabilities are made whole; none are none, as what we would say is a guess.
            WriteOwnFields(writer, listed.RootElement.TryGetProperty("capabilities"u8, out var told) && told.ValueKind == JsonValueKind.Object ? info : null);
            writer.WriteEndObject();
        }

        using var complete = JsonDocument.Parse(own.GetBuffer().AsMemory(0, (int)own.Length));
        CompletedModel.WriteFields(json, listed.RootElement, complete.RootElement);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteCapabilities(Utf8JsonWriter json, ModelInfo info)
    {
        json.WriteStartObject("capabilities"u8);
        Supported(json, "batch", false);
        Supported(json, "citations", false);
        Supported(json, "code_execution", false);
        json.WriteStartObject("context_management"u8);
        json.WriteBoolean("supported"u8, true);
        Supported(json, "clear_thinking_20251015", true);
        Supported(json, "clear_tool_uses_20250919", true);
        Supported(json, "compact_20260112", false);
        json.WriteEndObject();
        json.WriteStartObject("effort"u8);
        json.WriteBoolean("supported"u8, info.Effort);
        foreach (var level in (ReadOnlySpan<string>)["low", "medium", "high", "max", "xhigh"]) Supported(json, level, info.Effort);
        json.WriteEndObject();
        Supported(json, "image_input", info.Vision);
        // PDFs reach every model as text.
        Supported(json, "pdf_input", true);
        json.WriteStartObject("server_tools"u8);
        json.WriteBoolean("supported"u8, false);
        Supported(json, "code_execution", false);
        Supported(json, "web_search", false);
        json.WriteEndObject();
        Supported(json, "structured_outputs", info.StructuredOutputs);
        json.WriteStartObject("thinking"u8);
        json.WriteBoolean("supported"u8, info.Thinking);
        json.WriteStartObject("types"u8);
        Supported(json, "adaptive", info.Thinking);
        Supported(json, "between_tools", false);
        Supported(json, "disabled", true);
        Supported(json, "enabled", info.Thinking);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Supported(Utf8JsonWriter json, string name, bool supported)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("supported"u8, supported);
        json.WriteEndObject();
    }
}
