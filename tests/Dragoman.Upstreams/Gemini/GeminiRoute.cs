using System.Text.RegularExpressions;

namespace Dragoman.Upstreams.Gemini;

/// <summary>What a path of the API means. The path alone tells the flavour, so one server plays all three.</summary>
/// <param name="Flavour">The flavour.</param>
/// <param name="Version">For example <c>v1beta</c>.</param>
/// <param name="Project">The project; Vertex AI only.</param>
/// <param name="Location">The location; Vertex AI only.</param>
/// <param name="Model">The model, or empty for the list of models.</param>
/// <param name="Method">For example <c>generateContent</c>; empty for a model's description.</param>
public sealed partial record GeminiRoute(ApiFlavour Flavour, string Version, string? Project, string? Location, string Model, string Method)
{
    /// <summary>Whether the answer is a stream.</summary>
    public bool Streams => Method == "streamGenerateContent";

    /// <summary>The model as the flavour's errors name it.</summary>
    internal string Resource => Flavour switch
    {
        ApiFlavour.Vertex => $"projects/{Project}/locations/{Location}/publishers/google/models/{Model}",
        ApiFlavour.VertexExpress => $"publishers/google/models/{Model}",
        _ => $"models/{Model}",
    };

    /// <summary>Reads a path; null when the API has none like it.</summary>
    internal static GeminiRoute? Of(string path)
    {
        if (Developer().Match(path) is { Success: true } developer)
        {
            return From(developer, ApiFlavour.GeminiApi);
        }

        if (Express().Match(path) is { Success: true } express)
        {
            return From(express, ApiFlavour.VertexExpress);
        }

        return Vertex().Match(path) is { Success: true } vertex ? From(vertex, ApiFlavour.Vertex) : null;
    }

    private static GeminiRoute From(Match match, ApiFlavour flavour)
    {
        var value = (string name) => match.Groups[name] is { Success: true } group ? Uri.UnescapeDataString(group.Value) : null;
        return new GeminiRoute(flavour, value("version")!, value("project"), value("location"), value("model") ?? "", value("method") ?? "");
    }

    [GeneratedRegex("^/(?<version>v1|v1beta|v1alpha)/models(/(?<model>[^/:]+)(:(?<method>[A-Za-z]+))?)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Developer();

    [GeneratedRegex("^/(?<version>v1|v1beta1)/publishers/google/models/(?<model>[^/:]+):(?<method>[A-Za-z]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Express();

    [GeneratedRegex("^/(?<version>v1|v1beta1)/projects/(?<project>[^/]+)/locations/(?<location>[^/]+)/publishers/google/models/(?<model>[^/:]+):(?<method>[A-Za-z]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Vertex();
}
