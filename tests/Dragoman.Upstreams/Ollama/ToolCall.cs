using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>A tool call as it leaves; its index counts up over the reply.</summary>
internal sealed record ToolCall(string? Id, int Index, string Name, JsonElement Arguments)
{
    /// <summary>The parsed form of a scripted call.</summary>
    /// <exception cref="JsonException">The script's arguments are not JSON.</exception>
    public static ToolCall From(ScriptedToolCall scripted, int index, Func<string> newId) =>
        new(scripted.Id == ChatReply.GeneratedId ? newId() : scripted.Id, index, scripted.Name, Json.Parse(scripted.ArgumentsJson));

    /// <summary>The form in which a renderer writes a call into the prompt.</summary>
    public string Rendered => PromptRendering.ToolCall(Name, Arguments);

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Id is not null)
        {
            writer.WriteString("id", Id);
        }

        writer.WriteStartObject("function");
        writer.WriteNumber("index", Index);
        writer.WriteString("name", Name);
        writer.WritePropertyName("arguments");
        Arguments.WriteTo(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
