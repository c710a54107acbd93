using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Ollama;

/// <summary>What besides the body is known of a request as Ollama gets it.</summary>
/// <param name="Degraded">What was approximated, as <c>field=how</c>.</param>
/// <param name="Forced">The tool call that the answer must be.</param>
/// <param name="Offer">The tools on offer.</param>
/// <param name="MaxTokens">The <c>num_predict</c> that was sent.</param>
internal sealed record ChatRequest(IReadOnlyList<string> Degraded, ForcedCall? Forced, ToolOffer Offer, int MaxTokens);

/// <summary>
/// Translates a Messages request to a body of <c>POST /api/chat</c>. Pure. What stays the same from turn to turn stands first and the messages last, so that
/// one turn's body is a byte prefix of the next one's.
/// </summary>
internal sealed class RequestTranslator(DragomanOptions options, OllamaSettings settings)
{
    /// <summary>Translates a request whose images and documents were fetched.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model that is to answer.</param>
    /// <param name="contextTokens">The context size to ask for; null leaves it to the server.</param>
    /// <param name="body">Takes the JSON body.</param>
    /// <exception cref="InvalidRequestException">The model can't do what the client insists on.</exception>
    public ChatRequest Translate(MessagesRequest request, OllamaModel model, int? contextTokens, IBufferWriter<byte> body)
    {
        var offer = ToolOffer.Of(request);
        var think = ThinkChoice.For(request, model, options.ThinkingUnsupported);
        var forced = ForcedCall.Of(request, offer);
        // Without a field for "none" the only sure way is to offer nothing.
        var offered = forced is not null || request.ToolChoice?.Kind == ToolChoiceKind.None ? [] : offer.Offered;
        if (offered.Count > 0 && !model.CallsTools) throw ToolsUnsupported(model);
        var conversation = new Conversation(model, offer);
        var system = SystemPrompt.Of(request, offer, offered.Count > 0 || forced is not null);
        var messages = conversation.Translate(request.Messages);
        if (forced is not null) Instruct(messages, forced);
        var degraded = new SortedSet<string>([.. request.Degraded, .. conversation.Degraded, .. think.Degraded], StringComparer.Ordinal);
        AddDegraded(request, offer, offered.Count > 0, forced, model, degraded);
        // 0 means "warm the cache": Ollama reads 0 as "no limit", so one token is made and not shown.
        var maxTokens = Math.Max(1, Math.Min(request.MaxTokens, contextTokens ?? int.MaxValue));
        using (var json = new Utf8JsonWriter(body, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model.Name);
            json.WriteBoolean("stream"u8, true);
            if (think.Value is not null)
            {
                json.WritePropertyName("think"u8);
                json.WriteRawValue(think.Value);
            }

            WriteServing(json, request, model, contextTokens, maxTokens);
            WriteFormat(json, request, forced, offered.Count > 0);
            ChatWriter.WriteTools(json, offered, degraded);
            ChatWriter.WriteMessages(json, system, messages);
            json.WriteEndObject();
        }

        return new ChatRequest([.. degraded], forced, offer, maxTokens);
    }

    // At the end of what the model reads last, for the reasons that Conversation gives: one more user message would break the order of roles, or end a tool loop.
    private static void Instruct(List<ChatMessage> messages, ForcedCall forced)
    {
        if (messages is not [.., { Role: "user" or "tool" } last]) messages.Add(last = new ChatMessage("user"));
        last.Add(forced.Instruction());
    }

    private void WriteServing(Utf8JsonWriter json, MessagesRequest request, OllamaModel model, int? contextTokens, int maxTokens)
    {
        var own = settings.Of(model.Name);
        Ollama.KeepAlive.Write(json, own?.KeepAlive ?? settings.KeepAlive);

        // Ollama would drop the oldest messages, or the middle of the prompt, and say nothing. Refused, the client can compact.
        json.WriteBoolean("truncate"u8, false);
        json.WriteBoolean("shift"u8, false);
        json.WriteStartObject("options"u8);
        // The user's own settings of a model win over what the client sends, which is the same for every model.
        var chosen = own?.Options ?? default;
        bool IsFree(string option) => chosen.ValueKind != JsonValueKind.Object || !chosen.TryGetProperty(option, out _);
        if (contextTokens is { } context) json.WriteNumber("num_ctx"u8, context);
        if (IsFree("num_predict")) json.WriteNumber("num_predict"u8, maxTokens);
        if (request.Temperature is { } temperature && IsFree("temperature")) json.WriteNumber("temperature"u8, temperature);
        if (request.TopP is { } topP && IsFree("top_p")) json.WriteNumber("top_p"u8, topP);
        if (request.TopK is { } topK && IsFree("top_k")) json.WriteNumber("top_k"u8, topK);
        if (chosen.ValueKind == JsonValueKind.Object)
        {
            // The context size is written above: it counts for limits and lists, too.
            foreach (var option in chosen.EnumerateObject().Where(option => option.Name != OllamaModelSettings.ContextOption)) option.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteFormat(Utf8JsonWriter json, MessagesRequest request, ForcedCall? forced, bool hasTools)
    {
        if (forced is not null)
        {
            json.WritePropertyName("format"u8);
            forced.WriteFormat(json);
        }
        else if (!request.OutputSchema.IsEmpty && !hasTools)
        {
            json.WritePropertyName("format"u8);
            json.WriteRawValue(request.OutputSchema.Span, skipInputValidation: true);
        }
    }

    private static void AddDegraded(MessagesRequest request, ToolOffer offer, bool hasTools, ForcedCall? forced, OllamaModel model, SortedSet<string> degraded)
    {
        degraded.UnionWith(offer.Degraded);
        foreach (var tool in offer.Unavailable) degraded.Add($"{tool.Name}=unavailable");
        if (request.Tools.Any(tool => tool.Strict)) degraded.Add("tools.strict=coerced");
        // llama.cpp refuses a schema and tools together, and ollama.com ignores schemas.
        if (!request.OutputSchema.IsEmpty && (hasTools || forced is not null || model.IsCloud)) degraded.Add("output_config.format=instructed");
        if (forced is not null && model.IsCloud) degraded.Add("tool_choice=instructed");
        if (request.Messages[^1].Role == Role.Assistant) degraded.Add("prefill=model_dependent");
    }

    private static InvalidRequestException ToolsUnsupported(OllamaModel model) => new(
        $"tools: the model {model.Name} can't call tools, and this request offers some. Map the client's model to one that can (for example: ollama pull qwen3:8b, then --model-map 'claude-*=qwen3:8b').");
}
