using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi.Request;

/// <summary>
/// Translates a Messages request to a body of <c>/v1/chat/completions</c> or <c>/v1/responses</c>. Pure. What stays the same from turn to turn stands first and the
/// conversation last, so that one turn's body is a byte prefix of the next one's and caches stay good.
/// </summary>
internal static class OpenAiRequestTranslator
{
    /// <summary>Translates a request whose images and documents were fetched.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model that is asked.</param>
    /// <param name="server">The server's row of the table; what its rules say of the model is applied here.</param>
    /// <param name="options">What of the configuration counts.</param>
    /// <param name="body">Takes the JSON body.</param>
    /// <exception cref="InvalidRequestException">The model can't do what the client insists on.</exception>
    public static OpenAiRequest Translate(MessagesRequest request, string model, OpenAiDialect server, OpenAiRequestOptions options, IBufferWriter<byte> body)
    {
        var dialect = server.For(model);
        var offer = ToolOffer.Of(request);
        var choice = FunctionChoice.Of(request, offer, dialect);
        var reasoning = ReasoningChoice.For(request, model, dialect, choice.IsForced, options.ThinkingUnsupported);
        var format = AnswerFormat.For(request, dialect, choice.Offered.Count > 0);
        var conversation = new OpenAiConversation(model, dialect, offer, new ReasoningHistory(dialect, (options.Provider, options.Target ?? model)), options.SeesImages);
        var turns = conversation.Translate(request.Messages);
        if (!choice.Instruction.IsEmpty) conversation.Instruct(choice.Instruction);
        var system = System(request, offer, choice, format);
        var degraded = new SortedSet<string>([.. request.Degraded, .. offer.Degraded, .. conversation.Degraded, .. reasoning.Degraded], StringComparer.Ordinal);
        AddDegraded(request, offer, choice, format, dialect, degraded);
        var maxTokens = MaxTokens(request, dialect, options, reasoning, degraded);
        using (var json = new Utf8JsonWriter(body, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            json.WriteBoolean("stream"u8, true);
            WriteServing(json, dialect);
            json.WriteNumber(dialect.MaxTokensField, maxTokens);
            WriteSampling(json, request, dialect);
            JsonMembers.Write(json, reasoning.Members);
            JsonMembers.Write(json, dialect.Extra);
            choice.Write(json, request, dialect, degraded);
            format.Write(json, dialect.Api);
            WriteCaller(json, request, dialect, options);
            if (dialect.Api == OpenAiApi.Responses) new ResponsesWriter(json, dialect).WriteInput(system, turns);
            else new ChatWriter(json, dialect).WriteMessages(system, turns);
            json.WriteEndObject();
        }

        return new OpenAiRequest(dialect, [.. degraded], new FunctionNames(offer.Offered), offer, request.StopSequences, maxTokens, reasoning.Reasons);
    }

    private static List<JsonText> System(MessagesRequest request, ToolOffer offer, FunctionChoice choice, AnswerFormat format)
    {
        var texts = SystemText.Of(request).ToList();
        if (offer.Unavailable.Count > 0) texts.Add(SystemText.Unavailable(offer.Unavailable));
        if (format.IsSaid) texts.Add(SystemText.Format(request, choice.Offered.Count > 0));
        return texts;
    }

    // Claude Code asks for up to 128,000 of every model. 0 means "warm the cache": as little as can be is made and not shown.
    private static int MaxTokens(MessagesRequest request, OpenAiDialect dialect, OpenAiRequestOptions options, ReasoningChoice reasoning, SortedSet<string> degraded)
    {
        const int plenty = 4096;
        var wanted = Math.Max(1, request.MaxTokens);
        var limit = options.OutputLimit ?? dialect.OutputLimit ?? int.MaxValue;
        // Room for less than a short answer is of no use: refused with the numbers, the client can compact.
        if (dialect.OutputWithinContext && options.Room is { } room) limit = Math.Min(limit, Math.Max(room, plenty / 4));
        if (wanted > limit) degraded.Add("max_tokens=clamped");
        if (reasoning.Reserve > 0 && wanted < plenty && request.MaxTokens > 0)
        {
            degraded.Add("max_tokens=raised_for_thinking");
            wanted += reasoning.Reserve;
        }
        else if (wanted < dialect.LeastMaxTokens && request.MaxTokens > 0)
        {
            degraded.Add("max_tokens=raised");
        }

        return Math.Max(dialect.LeastMaxTokens, Math.Min(wanted, limit));
    }

    private static void WriteServing(Utf8JsonWriter json, OpenAiDialect dialect)
    {
        if (dialect.Api == OpenAiApi.Responses)
        {
            // Nothing stays on the server; so the reasoning has to come along, encrypted.
            json.WriteBoolean("store"u8, false);
            if (dialect.ReasoningReturn != ReasoningReturn.Items || dialect.Reasoning.Reasons == false) return;
            json.WriteStartArray("include"u8);
            json.WriteStringValue("reasoning.encrypted_content"u8);
            json.WriteEndArray();
        }
        else if (dialect.IncludeUsage)
        {
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
        }
    }

    private static void WriteSampling(Utf8JsonWriter json, MessagesRequest request, OpenAiDialect dialect)
    {
        if (dialect.Samples && request.Temperature is { } temperature) json.WriteNumber("temperature"u8, temperature);
        if (dialect.Samples && request.TopP is { } topP) json.WriteNumber("top_p"u8, topP);
        if (dialect.TopK && request.TopK is { } topK) json.WriteNumber("top_k"u8, topK);
    }

    private static void WriteCaller(Utf8JsonWriter json, MessagesRequest request, OpenAiDialect dialect, OpenAiRequestOptions options)
    {
        if (options.CacheKey is { Length: > 0 } key && dialect.PromptCacheKey) json.WriteString("prompt_cache_key"u8, Short(key));
        if (options.SendUser && request.UserId is { Length: > 0 } user) json.WriteString("user"u8, Short(user));
    }

    // 64 characters at most. Longer ones are told apart by their hash: Claude Code's id is a JSON object.
    private static string Short(string id)
    {
        const int maxLength = 64;
        return id.Length <= maxLength ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
    }

    private static void AddDegraded(
        MessagesRequest request, ToolOffer offer, FunctionChoice choice, AnswerFormat format, OpenAiDialect dialect, SortedSet<string> degraded)
    {
        foreach (var tool in offer.Unavailable) degraded.Add($"{tool.Name}=unavailable");
        if (choice.Degraded is not null) degraded.Add(choice.Degraded);
        if (format.Degraded is not null) degraded.Add(format.Degraded);
        // 1 is what both sides take when nothing is said.
        if (!dialect.Samples && request.Temperature is not (null or 1)) degraded.Add("temperature=ignored");
        if (!dialect.Samples && request.TopP is not (null or 1)) degraded.Add("top_p=ignored");
        if (!dialect.TopK && request.TopK is not null) degraded.Add("top_k=ignored");
    }
}
