using System.CommandLine;
using System.Globalization;
using Dragoman.Providers;
using Dragoman.Routing;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Dragoman.Cli;

/// <summary><c>dragoman models</c>: all models of all providers, what they can, which of them are in memory, and which of Claude's names lead to them.</summary>
internal static class ModelsCommand
{
    /// <summary>Adds the command. Exit codes: 0 at least one provider could be asked, 1 none could, 2 the settings are wrong.</summary>
    public static void AddTo(RootCommand root)
    {
        var asJson = new Option<bool>("--json") { Description = "Print JSON" };
        var provider = new Option<string?>("--provider") { Description = "Only this provider's models" };
        var options = new ServeOptions();
        var command = new Command("models", "List the models of all providers") { asJson, provider };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = ServeCommand.Build(await Discovering.ReadAsync(options, parsed, cancellationToken), TextWriter.Null);
            var providers = app.Services.GetRequiredService<ProviderSet>();
            var only = parsed.GetValue(provider);
            if (only is not null && !providers.Has(only)) throw new ConfigException($"there is no provider '{only}'; there are {string.Join(", ", providers.Names)}");
            var found = await FoundModels.AskAsync(app.Services.GetRequiredService<DragomanOptions>(), providers, app.Services.GetRequiredService<ModelCatalog>(), app.Services.GetRequiredService<Router>(), only, cancellationToken);
            var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            if (parsed.GetValue(asJson)) PrintJson(found);
            else Print(found, now);
            return found.Models.Count == 0 && found.Failures.Count > 0 ? ExitCodes.Failed : ExitCodes.Good;
        });
        root.Add(command);
    }

    private static void Print(FoundModels found, DateTimeOffset now)
    {
        var table = new TextTable("MODEL", "SIZE", "CONTEXT", "CAN", "LOADED", "PRICE IN/OUT", "CLAUDE NAMES");
        foreach (var model in found.Models)
        {
            var info = model.Info;
            table.Add(
                $"{model.Provider}/{info.Name}",
                info.SizeBytes is { } size ? Quantities.Bytes(size) : "",
                info.MaxInputTokens is { } context ? Quantities.Tokens(context) : "",
                string.Join(' ', Abilities(info)),
                model.Loaded is { } loaded ? Describe(loaded, now) : "",
                Price(info.Price),
                string.Join(' ', model.ClaudeNames));
        }

        if (found.Models.Count > 0) table.Print();
        else if (found.Failures.Count == 0) AnsiConsole.WriteLine("No models. With Ollama: dragoman pull qwen3:8b");
        foreach (var (provider, reason) in found.Failures) AnsiConsole.MarkupLineInterpolated($"[yellow]{provider}: {reason}[/]");
    }

    // What it does not say is what every model does: text.
    private static IEnumerable<string> Abilities(ModelInfo info)
    {
        if (info.Tools) yield return "tools";
        if (info.Vision) yield return "vision";
        if (info.Thinking) yield return "thinking";
    }

    private static string Describe(LoadedModel loaded, DateTimeOffset now)
    {
        var share = string.Create(CultureInfo.InvariantCulture, $"{loaded.VramShare * 100:0}% GPU");
        var context = loaded.ContextTokens is { } tokens ? $", {Quantities.Tokens(tokens)}" : "";
        return share + context + (loaded.ExpiresAt is { } expires ? $", {Quantities.Until(expires - now)}" : "");
    }

    private static string Price(ModelPrice? price)
    {
        if (price is null) return "";
        return price.IsFree ? "free" : string.Create(CultureInfo.InvariantCulture, $"${price.Input:0.####}/${price.Output:0.####}");
    }

    private static void PrintJson(FoundModels found) => PrintedJson.Write(json =>
    {
        json.WriteList("models", found.Models, static (json, model) =>
        {
            var info = model.Info;
            json.WriteString("provider", model.Provider);
            json.WriteString("model", info.Name);
            json.WriteNumberOrNull("sizeBytes", info.SizeBytes);
            json.WriteNumberOrNull("contextTokens", info.MaxInputTokens);
            json.WriteNumberOrNull("outputTokens", info.MaxOutputTokens);
            json.WriteStrings("capabilities", Abilities(info));
            json.WriteBoolean("remote", info.Remote);
            json.WriteNumberOrNull("inputPricePerMillion", (double?)info.Price?.Input);
            json.WriteNumberOrNull("outputPricePerMillion", (double?)info.Price?.Output);
            json.WriteNumberOrNull("cacheReadPricePerMillion", (double?)(info.Price?.CacheRead ?? info.Price?.Input));
            json.WriteNumberOrNull("cacheWritePricePerMillion", (double?)(info.Price?.CacheWrite ?? info.Price?.Input));
            json.WriteStrings("claudeNames", model.ClaudeNames);
            if (model.Loaded is not { } loaded)
            {
                json.WriteNull("loaded");
                return;
            }

            json.WriteStartObject("loaded");
            json.WriteNumber("sizeBytes", loaded.SizeBytes);
            json.WriteNumber("vramBytes", loaded.VramBytes);
            json.WriteNumberOrNull("contextTokens", loaded.ContextTokens);
            if (loaded.ExpiresAt is { } expires) json.WriteString("expiresAt", expires);
            json.WriteEndObject();
        });
        json.WriteList("failures", found.Failures, static (json, failure) =>
        {
            json.WriteString("provider", failure.Provider);
            json.WriteString("reason", failure.Reason);
        });
    });
}
