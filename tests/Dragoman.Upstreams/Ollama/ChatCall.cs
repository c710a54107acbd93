using System.Text.Json;

namespace Dragoman.Upstreams.Ollama;

/// <summary>One call of <c>/api/chat</c>, as the reply's author sees it.</summary>
/// <param name="Number">Counts from 0.</param>
/// <param name="Body">The exact body.</param>
/// <param name="Request">The parsed body.</param>
/// <param name="Model">The model that was asked.</param>
/// <param name="Attempt">How often these very messages were asked before.</param>
public sealed record ChatCall(int Number, string Body, JsonElement Request, SimulatedModel Model, int Attempt)
{
    /// <summary>The messages.</summary>
    public IReadOnlyList<JsonElement> Messages => [.. Request.GetProperty("messages").EnumerateArray()];

    /// <summary>Names of the tools on offer.</summary>
    public IReadOnlyList<string> Tools =>
        Request.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!)] : [];

    /// <summary>The schema that the answer must fit, if one was given.</summary>
    public JsonElement? Format => Request.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Object ? format : null;

    /// <summary>True when the answer should be one object instead of a stream.</summary>
    public bool Whole => Request.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.False;

    /// <summary>True when thinking is on: also when nothing is said of it and the model thinks (routes.go, ChatHandler).</summary>
    public bool Thinks => Request.TryGetProperty("think", out var think) ? think.ValueKind != JsonValueKind.False : Model.Capabilities?.Contains("thinking") ?? false;

    /// <summary>A number of <c>options</c>.</summary>
    public int? Option(string name) =>
        Request.TryGetProperty("options", out var options) && options.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : null;
}
