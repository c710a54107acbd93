using System.Text;
using System.Text.Json;
using Dragoman.Discovery;

namespace Dragoman.Cli;

/// <summary>The text of a first configuration file: what was found, and in comments what else there is. Secrets stay where they are.</summary>
internal static class InitialConfig
{
    /// <summary>Writes it.</summary>
    public static string Write(Discovered found)
    {
        var text = new StringBuilder();
        text.Append("// Dragoman's settings. All that there are: docs/configuration.md. Comments and trailing commas are fine; what is left out has its default.\n{\n");
        text.Append("  // Where it listens. Anything but 127.0.0.1 needs a key.\n  \"host\": \"127.0.0.1\",\n  \"port\": 3000,\n  // \"key\": \"env:DRAGOMAN_KEY\",\n\n");
        WriteProviders(text, found);
        WriteModels(text, found);
        return text.Append("}\n").ToString();
    }

    private static void WriteProviders(StringBuilder text, Discovered found)
    {
        text.Append("  // Who has models; the first gets the names that name no provider. Keys are named (env:NAME), not written.\n  \"providers\": {\n");
        foreach (var finding in found.Providers)
        {
            text.Append($"    // {OneLine(finding.Where)}{(finding.Models.Count > 0 ? $": {finding.Models.Count} models" : "")}\n");
            text.Append($"    {Quoted(finding.Name)}: {Section(finding.Section)},\n");
        }

        foreach (var finding in found.Findings.Where(finding => !finding.IsUsable))
        {
            text.Append($"    // Not usable now, {OneLine(finding.Problem!)}:\n    // {Quoted(finding.Name)}: {Section(finding.Section)},\n");
        }

        if (found.Providers.Count == 0) text.Append("    // Nothing was found. Start with Ollama (https://ollama.com), or with a key:\n    \"ollama\": {},\n    // \"gemini\": { \"apiKey\": \"env:GEMINI_API_KEY\" },\n    // \"openrouter\": { \"type\": \"openai\", \"apiKey\": \"env:OPENROUTER_API_KEY\" },\n");
        text.Append("  },\n\n");
    }

    private static void WriteModels(StringBuilder text, Discovered found)
    {
        text.Append("  // Which model answers for which of Claude's names; * is a wildcard. A list is an order of preference: the next one is asked when one fails.\n");
        text.Append("  // With Ollama, \"numCtx\": 65536 beside its url gives its models more room.\n  \"models\": {\n");
        foreach (var tier in found.Tiers)
        {
            var window = tier.Model.MaxInputTokens is { } tokens ? $" // {tokens} tokens" : "";
            text.Append($"    {Quoted(Discovered.Pattern(tier.Name))}: {Quoted(tier.Target.ToString())},{window}\n");
        }

        if (found.Tiers.Count == 0) text.Append("    // \"claude-*haiku*\": \"ollama/qwen3:4b\",\n    // \"*\": [\"ollama/qwen3:8b\", \"gemini/gemini-3.8-flash\"],\n");
        else text.Append($"    // All other names of Claude's.\n    \"claude-*\": {Quoted(found.Tiers[Math.Min(1, found.Tiers.Count - 1)].Target.ToString())},\n");
        text.Append("  },\n");
    }

    // Sections of discovery hold nothing but texts.
    private static string Section(JsonElement section) =>
        section.EnumerateObject().Select(setting => $"{Quoted(setting.Name)}: {setting.Value.GetRawText()}").ToList() is { Count: > 0 } settings ? $"{{ {string.Join(", ", settings)} }}" : "{}";

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    // A comment ends with its line.
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
