using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>Why a request is not answered: a status and the text of <c>{"error":...}</c>.</summary>
internal sealed record Refusal(int Status, string Error, string? SigninUrl = null)
{
    public static Refusal NotFound(string model) => new(404, $"model '{model}' not found");

    /// <summary>What cloud models and ollama.com say without a valid key.</summary>
    public static Refusal Unauthorized { get; } = new(401, "unauthorized", "https://ollama.com/connect?name=simulation&key=none");

    /// <summary>
    /// llama-server's own error; Ollama puts the JSON text of it into its error string, so it arrives encoded twice. The counts in it are
    /// exact: a free token count of the prompt.
    /// </summary>
    public static Refusal ContextExceeded(int tokens, int numCtx) => new(400, Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteNumber("code", 400);
        writer.WriteString("type", "exceed_context_size_error");
        writer.WriteString("message", $"request ({tokens} tokens) exceeds the available context size ({numCtx} tokens), try increasing it");
        writer.WriteNumber("n_prompt_tokens", tokens);
        writer.WriteNumber("n_ctx", numCtx);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }));

    /// <summary>What Ollama itself says when it may truncate but the context must not shift.</summary>
    public static Refusal PromptTooLong { get; } = new(
        400,
        "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, "
        + "or use a model with a longer context length");

    /// <summary>The body.</summary>
    public string Body => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("error", Error);
        if (SigninUrl is not null)
        {
            writer.WriteString("signin_url", SigninUrl);
        }

        writer.WriteEndObject();
    });
}
