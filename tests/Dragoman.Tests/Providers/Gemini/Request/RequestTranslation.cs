using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Messages;
using Dragoman.Providers.Gemini.Request;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Tests.Providers.Gemini.Request;

/// <summary>The way of a request to Gemini's body, without HTTP.</summary>
internal static partial class RequestTranslation
{
    /// <summary>The model where a test doesn't name one.</summary>
    public const string Model = "gemini-3.1-pro-preview";

    // A signature of ours, in a case file: "@gemini/gemini-3.1-pro-preview call:QUJD", and behind a bar the thinking that travels in it.
    [GeneratedRegex("\"@(?<provider>[^/\"]+)/(?<model>\\S+) (?<upstream>[^|\"]*)(\\|(?<thinking>[^\"]*))?\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Signatures();

    /// <summary>Translates a request.</summary>
    /// <param name="request">The body of the client's request, with signatures written as <c>@provider/model upstream</c>.</param>
    /// <param name="options"><c>model</c>, <c>flavour</c>, <c>safety</c>, <c>labels</c>, <c>provider</c>, <c>target</c>, <c>thinkingUnsupported</c>, <c>streamArguments</c>, <c>outputLimit</c>, and <c>stored</c>: ids to signatures.</param>
    public static GeminiRequest Of(string request, string? options = null)
    {
        using var settings = JsonDocument.Parse(options ?? "{}");
        var root = settings.RootElement;
        string Text(string name, string otherwise) => root.TryGetProperty(name, out var value) ? value.GetString()! : otherwise;
        bool Flag(string name) => root.TryGetProperty(name, out var value) && value.GetBoolean();
        var traits = GeminiModelTraits.Of(Text("model", Model));
        if (root.TryGetProperty("outputLimit", out var limit)) traits = traits with { OutputLimit = limit.GetInt32() };
        var flavour = Enum.Parse<GeminiFlavour>(Text("flavour", "VertexExpress"), ignoreCase: true);
        var unsupported = Enum.Parse<ThinkingUnsupported>(Text("thinkingUnsupported", "error"), ignoreCase: true);
        var stored = root.TryGetProperty("stored", out var known) ? known : default;
        var (edited, _) = ContextEditing.Apply(MessagesParser.Parse(Encoding.UTF8.GetBytes(Seal(request))), counted => counted);
        return GeminiRequestTranslator.Translate(
            edited,
            traits,
            new GeminiRequestOptions(flavour, Text("safety", ""), Flag("labels"), Text("provider", "gemini"), Text("target", traits.Id), unsupported, Flag("streamArguments")),
            id => stored.ValueKind == JsonValueKind.Object && stored.TryGetProperty(id, out var signature) ? signature.GetString() : null);
    }

    /// <summary>The body as text.</summary>
    public static string Text(this GeminiRequest request) => Encoding.UTF8.GetString(request.Body.Span);

    private static string Seal(string request) => Signatures().Replace(request, match => $"\"{Sealed(match)}\"");

    private static string Sealed(Match match) =>
        new ThinkingSignature(match.Groups["provider"].Value, match.Groups["model"].Value, match.Groups["thinking"] is { Success: true } thinking ? thinking.Value : null)
        {
            Upstream = match.Groups["upstream"].Value is { Length: > 0 } upstream ? upstream : null,
        }.Seal();
}
