using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Messages;
using Dragoman.Providers.OpenAi;
using Dragoman.Providers.OpenAi.Request;
using Dragoman.Replies;
using Dragoman.Tools;

namespace Dragoman.Tests.Providers.OpenAi.Request;

/// <summary>The way of a request to the upstream's body, without HTTP.</summary>
internal sealed partial record RequestTranslation(OpenAiRequest Sent, ReadOnlyMemory<byte> Body)
{
    /// <summary>The model where a test doesn't name one.</summary>
    public const string Model = "some-model";

    // A signature of ours, in a case file: "@openrouter/z-ai/glm-4.7 details:[{'type':'reasoning.text'}]", and behind a bar the thinking that travels in it.
    // Single quotes stand for double ones.
    [GeneratedRegex("\"@(?<provider>[^/\"]+)/(?<model>[^ \"]+) (?<upstream>[^|\"]*)(\\|(?<thinking>[^\"]*))?\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Signatures();

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Translates a request.</summary>
    /// <param name="request">The body of the client's request, with signatures written as <c>@provider/model upstream</c>.</param>
    /// <param name="options"><c>dialect</c>, <c>model</c>, <c>provider</c>, <c>thinkingUnsupported</c>, <c>seesImages</c>, <c>outputLimit</c>, <c>cacheKey</c>, <c>sendUser</c>.</param>
    public static RequestTranslation Of(string request, string? options = null)
    {
        using var settings = JsonDocument.Parse(options ?? "{}");
        var root = settings.RootElement;
        string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
        var (edited, _) = ContextEditing.Apply(MessagesParser.Parse(Encoding.UTF8.GetBytes(Seal(request))), counted => counted);
        var body = new ArrayBufferWriter<byte>();
        var sent = OpenAiRequestTranslator.Translate(
            edited,
            Text("model") ?? Model,
            OpenAiDialects.Named(Text("dialect") ?? "generic") ?? throw new InvalidOperationException($"no dialect {Text("dialect")}"),
            new OpenAiRequestOptions(Text("provider") ?? "upstream")
            {
                ThinkingUnsupported = Enum.Parse<ThinkingUnsupported>(Text("thinkingUnsupported") ?? "error", ignoreCase: true),
                SeesImages = !root.TryGetProperty("seesImages", out var sees) || sees.GetBoolean(),
                OutputLimit = root.TryGetProperty("outputLimit", out var limit) ? limit.GetInt32() : null,
                CacheKey = Text("cacheKey"),
                SendUser = root.TryGetProperty("sendUser", out var user) && user.GetBoolean(),
            },
            body);
        return new RequestTranslation(sent, body.WrittenMemory);
    }

    private static string Seal(string request) => Signatures().Replace(request, match => $"\"{Sealed(match)}\"");

    private static string Sealed(Match match) =>
        new ThinkingSignature(match.Groups["provider"].Value, match.Groups["model"].Value, match.Groups["thinking"] is { Success: true } thinking ? thinking.Value : null)
        {
            Upstream = match.Groups["upstream"].Value is { Length: > 0 } upstream ? upstream.Replace('\'', '"') : null,
        }.Seal();
}
