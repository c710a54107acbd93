using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>
/// Translates a Messages request to a body of <c>generateContent</c>. Pure. What stays the same from turn to turn stands first and the conversation last, so that
/// one turn's body is a byte prefix of the next one's and Google's implicit cache stays good.
/// </summary>
internal static class GeminiRequestTranslator
{
    // "stopSequences: at most 5".
    private const int MaxStopSequences = 5;

    // For a model whose limit nobody knows: that of all current ones.
    private const int UsualOutputLimit = 65_536;

    private static readonly string[] Harms = ["HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_DANGEROUS_CONTENT"];

    /// <summary>Translates a request whose images and documents were fetched.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model that is asked.</param>
    /// <param name="options">What of the configuration counts.</param>
    /// <param name="storedSignature">The store of thought signatures: the id of a <c>tool_use</c> to the signature of its call.</param>
    /// <exception cref="InvalidRequestException">The model can't do what the client insists on.</exception>
    public static GeminiRequest Translate(MessagesRequest request, GeminiModelTraits model, GeminiRequestOptions options, Func<string, string?> storedSignature)
    {
        var offer = ToolOffer.Of(request);
        var search = request.ToolChoice?.Kind == ToolChoiceKind.None ? null : ServerSearch.Of(offer, model);
        var names = new ToolNames(offer.Offered);
        var thinking = GeminiThinkingConfig.For(request, model, options.ThinkingUnsupported);
        var conversation = new GeminiContents(model, offer, names, new ThoughtSignatures(model, (options.Provider, options.Target ?? model.Id), storedSignature));
        var contents = conversation.Translate(request.Messages);
        var answer = AnswerSchema(request, offer, search);
        var system = System(request, offer, search, isInstructed: answer is null);
        var degraded = new SortedSet<string>([.. request.Degraded, .. offer.Degraded, .. conversation.Degraded, .. thinking.Degraded, .. search?.Degraded() ?? []], StringComparer.Ordinal);
        AddDegraded(request, offer, search, answer, options, degraded);
        var maxTokens = MaxTokens(request, model, thinking, degraded);
        var body = new ArrayBufferWriter<byte>(request.Body.Length + 4096);
        using (var json = new Utf8JsonWriter(body, JsonOutput.Options))
        {
            json.WriteStartObject();
            GeminiWriter.WriteSystem(json, system);
            if (search is not null) GeminiWriter.WriteServerTools(json, search);
            else if (offer.Offered.Count > 0) GeminiWriter.WriteFunctions(json, offer.Offered, degraded);
            WriteChoice(json, request, offer, model, options);
            WriteSafety(json, options);
            WriteGeneration(json, request, maxTokens, thinking, answer);
            WriteLabels(json, request, options);
            GeminiWriter.WriteContents(json, contents);
            json.WriteEndObject();
        }

        return new GeminiRequest(
            body.WrittenMemory, [.. degraded], names, [.. request.StopSequences.Skip(MaxStopSequences)], search, offer, maxTokens, thinking.IncludeThoughts);
    }

    // Tools of any kind and a schema together are refused by the 2.5 models ("Function calling with a response mime type: 'application/json' is unsupported"),
    // and a renamed property could not be told from the text around it on its way back.
    private static RewrittenSchema? AnswerSchema(MessagesRequest request, ToolOffer offer, ServerSearch? search)
    {
        if (request.OutputSchema.IsEmpty || offer.Offered.Count > 0 || search is not null) return null;
        return GeminiSchemaDialect.RewriteAnswer(request.OutputSchema) is { Names: null } schema ? schema : null;
    }

    private static List<JsonText> System(MessagesRequest request, ToolOffer offer, ServerSearch? search, bool isInstructed)
    {
        var texts = SystemText.Of(request).ToList();
        var unavailable = offer.Unavailable.Where(tool => search?.Runs(tool) != true).ToList();
        if (unavailable.Count > 0) texts.Add(SystemText.Unavailable(unavailable));
        if (search is not null) texts.AddRange(search.Instructions());
        if (!request.OutputSchema.IsEmpty && isInstructed) texts.Add(SystemText.Format(request, offer.Offered.Count > 0));
        return texts;
    }

    // Claude Code asks for up to 128,000 of every model. 0 means "warm the cache": one token is made and not shown.
    private static int MaxTokens(MessagesRequest request, GeminiModelTraits model, GeminiThinkingConfig thinking, SortedSet<string> degraded)
    {
        const int plenty = 4096;
        var wanted = Math.Max(1, request.MaxTokens);
        var limit = model.OutputLimit ?? UsualOutputLimit;
        if (wanted > limit) degraded.Add("max_tokens=clamped");
        if (thinking.Reserve == 0 || wanted >= plenty || request.MaxTokens == 0) return Math.Min(wanted, limit);
        degraded.Add("max_tokens=raised_for_thinking");
        return Math.Min(wanted + thinking.Reserve, limit);
    }

    private static void WriteChoice(Utf8JsonWriter json, MessagesRequest request, ToolOffer offer, GeminiModelTraits model, GeminiRequestOptions options)
    {
        if (offer.Offered.Count == 0) return;
        var choice = request.ToolChoice?.Kind ?? ToolChoiceKind.Auto;
        var only = choice == ToolChoiceKind.Tool && offer.Offered.Any(tool => tool.Name == request.ToolChoice!.Name) ? request.ToolChoice!.Name : null;
        json.WriteStartObject("toolConfig"u8);
        json.WriteStartObject("functionCallingConfig"u8);
        json.WriteString("mode"u8, choice switch
        {
            ToolChoiceKind.None => "NONE"u8,
            ToolChoiceKind.Any => "ANY"u8,
            ToolChoiceKind.Tool when only is not null => "ANY"u8,
            // Calls are held to the schemas.
            _ when offer.Offered.Any(tool => tool.Strict) => "VALIDATED"u8,
            _ => "AUTO"u8,
        });
        if (only is not null)
        {
            json.WriteStartArray("allowedFunctionNames"u8);
            json.WriteStringValue(ToolNames.Fit(only));
            json.WriteEndArray();
        }

        if (options is { IsVertex: true, StreamArguments: true } && model.Thinking == GeminiThinking.Level) json.WriteBoolean("streamFunctionCallArguments"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSafety(Utf8JsonWriter json, GeminiRequestOptions options)
    {
        if (options.SafetyThreshold.Length == 0) return;
        json.WriteStartArray("safetySettings"u8);
        foreach (var harm in Harms)
        {
            json.WriteStartObject();
            json.WriteString("category"u8, harm);
            json.WriteString("threshold"u8, options.SafetyThreshold);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGeneration(Utf8JsonWriter json, MessagesRequest request, int maxTokens, GeminiThinkingConfig thinking, RewrittenSchema? answer)
    {
        json.WriteStartObject("generationConfig"u8);
        json.WriteNumber("maxOutputTokens"u8, maxTokens);
        if (request.Temperature is { } temperature) json.WriteNumber("temperature"u8, temperature);
        if (request.TopP is { } topP) json.WriteNumber("topP"u8, topP);
        if (request.TopK is { } topK) json.WriteNumber("topK"u8, topK);
        if (request.StopSequences.Count > 0)
        {
            json.WriteStartArray("stopSequences"u8);
            foreach (var sequence in request.StopSequences.Take(MaxStopSequences)) json.WriteStringValue(sequence);
            json.WriteEndArray();
        }

        if (answer is not null)
        {
            json.WriteString("responseMimeType"u8, "application/json"u8);
            json.WritePropertyName("responseSchema"u8);
            json.WriteRawValue(answer.Json.Span, skipInputValidation: true);
        }

        thinking.Write(json);
        json.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter json, MessagesRequest request, GeminiRequestOptions options)
    {
        if (request.UserId is not { Length: > 0 } user || !options.UserLabels || !options.IsVertex) return;
        json.WriteStartObject("labels"u8);
        json.WriteString("user_id"u8, Label(user));
        json.WriteEndObject();
    }

    // Labels are small letters, digits, "_" and "-", 63 at most. What doesn't fit is told apart by its hash: Claude Code's id is a JSON object.
    private static string Label(string user)
    {
        const int maxLength = 63, hashLength = 32;
        return user.Length <= maxLength && user.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')
            ? user
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user)))[..hashLength];
    }

    private static void AddDegraded(MessagesRequest request, ToolOffer offer, ServerSearch? search, RewrittenSchema? answer, GeminiRequestOptions options, SortedSet<string> degraded)
    {
        foreach (var tool in offer.Unavailable.Where(tool => search?.Runs(tool) != true)) degraded.Add($"{tool.Name}=unavailable");
        if (offer.Offered.Any(tool => tool.Strict)) degraded.Add("tools.strict=validated");
        if (!request.OutputSchema.IsEmpty && answer is null) degraded.Add("output_config.format=instructed");
        if (answer is { Notes.Count: > 0 }) degraded.Add("output_config.format=partly_text");
        // The answer just ends there; which sequence it was, or that it was one, Gemini doesn't say.
        if (request.StopSequences.Count > 0) degraded.Add("stop_sequences=end_turn");
        // Google decides for itself whether it searches, and a tool that is not there can't be forced.
        var isForced = request.ToolChoice is { Kind: ToolChoiceKind.Any or ToolChoiceKind.Tool };
        if (isForced && !(request.ToolChoice!.Kind == ToolChoiceKind.Any ? offer.Offered.Count > 0 : offer.Offered.Any(tool => tool.Name == request.ToolChoice.Name))) degraded.Add("tool_choice=auto");
        if (request.UserId is { Length: > 0 } && options is { UserLabels: true, IsVertex: false }) degraded.Add("metadata.user_id=ignored");
    }
}
