using System.Globalization;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The <c>options</c> of a request: their types (<c>api.Options.FromMap</c>) and the few values that the simulation acts on.</summary>
internal static class ChatOptions
{
    private static readonly string[] WholeNumbers =
        ["num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread", "draft_num_predict", "num_keep", "seed", "num_predict", "top_k", "repeat_last_n"];

    private static readonly string[] Fractions =
        ["top_p", "min_p", "typical_p", "temperature", "repeat_penalty", "presence_penalty", "frequency_penalty"];

    // Loaded with the model, besides num_ctx: a change reloads it.
    private static readonly string[] LoadOptions = ["num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict"];

    /// <summary>The first wrong type, or null. Unknown options are only logged by Ollama.</summary>
    public static string? FirstError(JsonElement? options)
    {
        if (options is not { ValueKind: JsonValueKind.Object } map)
        {
            return null;
        }

        foreach (var option in map.EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null))
        {
            var kind = option.Value.ValueKind;
            // FromMap casts a fraction to an integer, so any number will do.
            if (WholeNumbers.Contains(option.Name) && kind != JsonValueKind.Number)
            {
                return $"option \"{option.Name}\" must be of type integer";
            }

            if (Fractions.Contains(option.Name) && kind != JsonValueKind.Number)
            {
                return $"option \"{option.Name}\" must be of type float32";
            }

            if (option.NameEquals("use_mmap") && kind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return "option \"use_mmap\" must be of type boolean";
            }

            if (option.NameEquals("stop") && kind != JsonValueKind.Array)
            {
                return "option \"stop\" must be of type array";
            }

            if (option.NameEquals("stop") && option.Value.EnumerateArray().Any(stop => stop.ValueKind != JsonValueKind.String))
            {
                return "option \"stop\" must be of an array of strings";
            }
        }

        return null;
    }

    /// <summary>
    /// The context in effect. Precedence: server default, Modelfile, request; clamped to what the model was trained for, at least 4, and
    /// at least 2048 for vision models.
    /// </summary>
    public static int NumCtx(JsonElement? options, SimulatedModel model, int serverDefault)
    {
        var asked = Number(options, "num_ctx") ?? ModelfileNumber(model, "num_ctx") ?? serverDefault;
        var smallest = model.Capabilities?.Contains("vision") == true ? 2048 : 4;
        return Math.Max(Math.Min(asked, model.ContextLength), smallest);
    }

    /// <summary><c>num_predict</c>, never over ten contexts; a value of 0 or less (0 is lost to Go's omitempty) means those ten.</summary>
    public static int MaxTokens(JsonElement? options, SimulatedModel model, int numCtx)
    {
        var asked = Number(options, "num_predict") ?? ModelfileNumber(model, "num_predict") ?? -1;
        return asked > 0 ? Math.Min(asked, 10 * numCtx) : 10 * numCtx;
    }

    /// <summary>The other options that a change of reloads the model, as comparable text.</summary>
    public static string LoadedWith(JsonElement? options) =>
        string.Join(' ', LoadOptions.Select(name => $"{name}={options?.Find(name)?.GetRawText()}"));

    private static int? Number(JsonElement? options, string name) =>
        options?.Find(name) is { } value ? (int)value.GetDouble() : null;

    private static int? ModelfileNumber(SimulatedModel model, string name)
    {
        foreach (var line in (model.Parameters ?? "").Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is [var key, var value] && key == name && int.TryParse(value, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }
}
