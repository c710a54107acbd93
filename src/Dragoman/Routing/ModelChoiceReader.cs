using System.Text.Json;

namespace Dragoman.Routing;

/// <summary>
/// Reads values of <c>models</c> and <c>roles</c>: a model, a list of models in order of preference, or <c>{ "use": …, "strategy": "order" | "spread" }</c>;
/// an entry of a list may be <c>{ "model": …, "weight": 3 }</c>.
/// </summary>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class ModelChoiceReader(ConfigProblems problems)
{
    // More would be a misprint: shares beyond a thousandth can't be told from none.
    private const double MaxWeight = 1000;

    private const string Forms =
        "expected a model (\"qwen3:8b\" or \"ollama/qwen3:8b\"), a list of models in order of preference, or { \"use\": [ … ], \"strategy\": \"spread\" }";

    /// <summary>What a value says; null when it is wrong.</summary>
    public ModelChoice? Read(JsonElement value, string path) => value.ValueKind == JsonValueKind.Object
        ? ReadObject(value, path)
        : ReadModels(value, path, spread: false, Forms) is { } models ? new ModelChoice(models) : null;

    private ModelChoice? ReadObject(JsonElement value, string path)
    {
        foreach (var member in value.EnumerateObject().Where(member => member.Name is not ("use" or "strategy")))
        {
            problems.AddNew($"{path}.{member.Name}", "there is no such setting here; known are use and strategy");
        }

        var spread = ReadSpread(value, path);
        if (!value.TryGetProperty("use", out var use))
        {
            problems.AddNew(path, Forms);
            return null;
        }

        return ReadModels(use, $"{path}.use", spread, "expected a model or a list of models") is { } models ? new ModelChoice(models, spread) : null;
    }

    private bool ReadSpread(JsonElement value, string path)
    {
        if (!value.TryGetProperty("strategy", out var strategy)) return false;
        if (strategy.ValueKind == JsonValueKind.String && strategy.GetString() is "order" or "spread") return strategy.ValueEquals("spread");
        problems.AddNew($"{path}.strategy", "expected \"order\" (the next when one fails) or \"spread\" (sessions are shared out by weight)");
        return false;
    }

    private IReadOnlyList<WeightedModel>? ReadModels(JsonElement value, string path, bool spread, string expected)
    {
        if (value.ValueKind == JsonValueKind.String) return Named(value, path) is { } only ? [new WeightedModel(only)] : null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            problems.AddNew(path, expected);
            return null;
        }

        var models = value.EnumerateArray().Select((entry, i) => ReadEntry(entry, $"{path}[{i}]", spread)).ToList();
        if (models.Contains(null)) return null;
        if (models.Exists(model => model!.Value.Weight > 0)) return [.. models.Select(model => model!.Value)];
        problems.AddNew(path, "at least one weight must be more than 0");
        return null;
    }

    private WeightedModel? ReadEntry(JsonElement entry, string path, bool spread)
    {
        if (entry.ValueKind == JsonValueKind.String) return Named(entry, path) is { } alone ? new WeightedModel(alone) : null;
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("model", out var named))
        {
            problems.AddNew(path, "expected a model (\"ollama/qwen3:8b\") or { \"model\": \"ollama/qwen3:8b\", \"weight\": 3 }");
            return null;
        }

        foreach (var member in entry.EnumerateObject().Where(member => member.Name is not ("model" or "weight")))
        {
            problems.AddNew($"{path}.{member.Name}", "there is no such setting here; known are model and weight");
        }

        var weight = ReadWeight(entry, $"{path}.weight", spread);
        return Named(named, $"{path}.model") is { } model && weight is { } share ? new WeightedModel(model, share) : null;
    }

    private double? ReadWeight(JsonElement entry, string path, bool spread)
    {
        if (!entry.TryGetProperty("weight", out var weight)) return 1;
        if (weight.ValueKind != JsonValueKind.Number || weight.GetDouble() is not (>= 0 and <= MaxWeight and var share))
        {
            problems.AddNew(path, $"expected a number from 0 (only a fallback) to {MaxWeight}");
            return null;
        }

        // A weight that changes nothing would be read as one that does.
        if (spread) return share;
        problems.AddNew(path, "has a meaning only with \"strategy\": \"spread\": { \"use\": [ … ], \"strategy\": \"spread\" }");
        return null;
    }

    private string? Named(JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString())) return value.GetString();
        problems.AddNew(path, "expected a model's name, as \"qwen3:8b\" or \"ollama/qwen3:8b\"");
        return null;
    }
}
