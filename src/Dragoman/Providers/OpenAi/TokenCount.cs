using System.Buffers;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.OpenAi;

/// <summary>The exact size of a prompt, by the servers that have an endpoint for it.</summary>
internal static class TokenCount
{
    // What of a request becomes part of the prompt.
    private static readonly string[] Prompting = ["messages", "tools", "chat_template_kwargs"];

    /// <summary>Counts a translated request; null when the server can't.</summary>
    /// <exception cref="UpstreamException">The server can't be reached or refuses.</exception>
    public static async Task<int?> AskAsync(OpenAiClient client, OpenAiDialect dialect, string model, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => dialect.Name switch
    {
        // Both take a conversation.
        "vllm" or "sglang" => await CountAsync(client, Question(model, body), cancellationToken),
        "llamacpp" => await CountRenderedAsync(client, Question(model, body), cancellationToken),
        _ => null,
    };

    private static async Task<int?> CountAsync(OpenAiClient client, ReadOnlyMemory<byte> question, CancellationToken cancellationToken)
    {
        using var answer = await client.AskServerAsync("/tokenize", question, cancellationToken);
        return JsonTexts.Number(answer.RootElement, "count") ?? Length(answer.RootElement);
    }

    // llama.cpp's takes a text: the conversation must be made one by the model's template first.
    private static async Task<int?> CountRenderedAsync(OpenAiClient client, ReadOnlyMemory<byte> question, CancellationToken cancellationToken)
    {
        using var rendered = await client.AskServerAsync("/apply-template", question, cancellationToken);
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, JsonOutput.Options))
        {
            json.WriteStartObject();
            json.WriteString("content"u8, JsonTexts.Of(rendered.RootElement, "prompt"));
            json.WriteBoolean("add_special"u8, true);
            json.WriteBoolean("parse_special"u8, true);
            json.WriteEndObject();
        }

        using var answer = await client.AskServerAsync("/tokenize", text.WrittenMemory, cancellationToken);
        return Length(answer.RootElement);
    }

    private static int? Length(JsonElement answer) => answer.Find("tokens") is { ValueKind: JsonValueKind.Array } tokens ? tokens.GetArrayLength() : null;

    private static ReadOnlyMemory<byte> Question(string model, ReadOnlyMemory<byte> body)
    {
        var question = new ArrayBufferWriter<byte>(body.Length + 100);
        using var request = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
        using var json = new Utf8JsonWriter(question, JsonOutput.Options);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        foreach (var field in request.RootElement.EnumerateObject().Where(field => Prompting.Contains(field.Name, StringComparer.Ordinal))) field.WriteTo(json);
        json.WriteEndObject();
        json.Flush();
        return question.WrittenMemory;
    }
}
