using System.Text.Json;
using Dragoman.ClientTests.Processes;

namespace Dragoman.ClientTests.Clients;

/// <summary>Runs the small programs in <c>TypeScript/</c>, which use the TypeScript SDK and print what they saw as JSON.</summary>
internal static class TypeScriptSdk
{
    /// <summary>Runs one program to its end.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="script">A file in <c>TypeScript/</c>, without its ending.</param>
    /// <param name="arguments">What the script takes.</param>
    /// <returns>What it printed.</returns>
    public static async Task<JsonElement> RunAsync(Uri gateway, string script, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ANTHROPIC_BASE_URL"] = gateway.ToString().TrimEnd('/'),
            ["ANTHROPIC_API_KEY"] = "test-token",
        };
        var folder = Path.Combine(Installed.SourceDirectory, "TypeScript");
        var outcome = await ClientProcess.RunAsync("node", [script + ".mjs", .. arguments], environment, folder);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return JsonElement.Parse(outcome.Output);
    }
}
