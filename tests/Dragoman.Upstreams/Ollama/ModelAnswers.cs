using System.Text.Json;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The server's answers about models.</summary>
internal static class ModelAnswers
{
    /// <summary><c>/api/tags</c>.</summary>
    public static string Tags(IReadOnlyList<SimulatedModel> models) =>
        $$"""{"models":[{{string.Join(",", models.Select(Tag))}}]}""";

    private static string Tag(SimulatedModel model, int i) =>
        $$$"""{"name":"{{{model.Name}}}","model":"{{{model.Name}}}","modified_at":"2026-10-{{{(i % 28) + 1:00}}}T08:00:00Z","size":5000000000,"digest":"sha256:{{{i:x64}}}","details":{"format":"gguf","family":"{{{model.Family}}}","parameter_size":"{{{model.ParameterSize}}}","quantization_level":"Q4_K_M"}}""";

    /// <summary><c>/api/show</c>.</summary>
    public static string Show(SimulatedModel model)
    {
        var capabilities = model.Capabilities is null ? "" : $",\"capabilities\":{JsonSerializer.Serialize(model.Capabilities)}";
        var remote = model.RemoteHost is null ? "" : $",\"remote_model\":\"{model.Name}\",\"remote_host\":\"{model.RemoteHost}\"";
        var parameters = model.NumCtx is null ? "" : $"num_ctx                        {model.NumCtx}\\nstop                           \\\"<|end|>\\\"";
        return $$"""{"modelfile":"FROM x","parameters":"{{parameters}}","template":"{{"{{ .Prompt }}"}}","details":{"family":"{{model.Family}}","parameter_size":"{{model.ParameterSize}}"},"model_info":{"general.architecture":"{{model.Family}}","{{model.Family}}.context_length":{{model.ContextLength}}}{{capabilities}}{{remote}}}""";
    }

    /// <summary>The refusal of a prompt that doesn't fit: llama-server's error as a JSON string inside of Ollama's.</summary>
    public static string Overflow(PromptRun run)
    {
        var inner = $$$"""{"error":{"code":400,"type":"exceed_context_size_error","message":"request ({{{run.Tokens}}} tokens) exceeds the available context size ({{{run.Context}}} tokens), try increasing it","n_prompt_tokens":{{{run.Tokens}}},"n_ctx":{{{run.Context}}}}}""";
        return $$"""{"error":{{JsonSerializer.Serialize(inner)}}}""";
    }
}
