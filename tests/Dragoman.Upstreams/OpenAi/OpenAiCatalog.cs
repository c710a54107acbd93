using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>What servers tell of their models, and the endpoints that some have beside the API.</summary>
internal static class OpenAiCatalog
{
    /// <summary>The answer to a GET; null when there is nothing at this path.</summary>
    public static string? Get(OpenAiScenario scenario, string path) => (scenario.Kind, path) switch
    {
        (_, "/v1/models") => Models(scenario),
        (ServerKind.LmStudio, "/api/v0/models") => $$"""
            {"object":"list","data":[{"id":"{{scenario.Model}}","object":"model","type":"vlm","publisher":"p","arch":"qwen3","compatibility_type":"gguf","quantization":"Q4_K_M","state":"loaded","max_context_length":262144,"loaded_context_length":{{scenario.ContextTokens}},"capabilities":["tool_use"]},
            {"id":"text-embedding-nomic","object":"model","type":"embeddings","state":"not-loaded","max_context_length":2048}]}
            """,
        (ServerKind.LmStudio04, "/api/v1/models") => $$$"""
            {"models":[{"type":"llm","publisher":"p","key":"{{{scenario.Model}}}","display_name":"Simulated","architecture":"qwen3","quantization":{"name":"Q4_K_M","bits_per_weight":4},"size_bytes":18600000000,"params_string":"30B","loaded_instances":[{"id":"{{{scenario.Model}}}:2","config":{"context_length":{{{scenario.ContextTokens}}}}}],"max_context_length":262144,"format":"gguf","capabilities":{"vision":true,"trained_for_tool_use":true},"description":null},
            {"type":"embedding","publisher":"p","key":"text-embedding-nomic","size_bytes":274290560,"params_string":null,"loaded_instances":[],"max_context_length":2048,"format":"gguf"}]}
            """,
        (ServerKind.LocalAi, "/v1/models/capabilities") => $$"""
            {"object":"list","data":[{"id":"{{scenario.Model}}","object":"model","capabilities":["chat","completion","vision"],"input_modalities":["text","image"],"output_modalities":["text"]},
            {"id":"my-embedding","object":"model","capabilities":["transcript"],"input_modalities":["audio"],"output_modalities":["text"]}]}
            """,
        (ServerKind.LlamaCpp, "/props") => $$$"""{"default_generation_settings":{"id":0,"n_ctx":{{{scenario.ContextTokens}}},"params":{}},"total_slots":{{{scenario.Slots}}},"model_path":"model.gguf","modalities":{"vision":true,"audio":false},"chat_template":""}""",
        _ => null,
    };

    /// <summary>The answer to a POST beside the API; null when there is nothing at this path.</summary>
    public static string? Post(OpenAiScenario scenario, string path, string body) => (scenario.Kind, path) switch
    {
        (ServerKind.Vllm, "/tokenize") => Counted(scenario, Json.Parse(body)),
        (ServerKind.LlamaCpp, "/apply-template") => $$"""{"prompt":{{JsonSerializer.Serialize(Json.Compact(Json.Parse(body).Find("messages") ?? default))}}}""",
        (ServerKind.LlamaCpp, "/tokenize") => $$"""{"tokens":[{{Tokens(Json.Parse(body).FindText("content") ?? "")}}]}""",
        _ => null,
    };

    private static string Counted(OpenAiScenario scenario, JsonElement question)
    {
        var text = Json.Compact(question.Find("messages") ?? throw new OpenAiFault(400, "messages: Field required")) + (question.Find("tools") is { } tools ? Json.Compact(tools) : "");
        return $$"""{"count":{{OpenAiAdmission.Tokens(text)}},"max_model_len":{{scenario.ContextTokens}},"tokens":[{{Tokens(text)}}],"token_strs":null}""";
    }

    private static string Tokens(string text) => string.Join(',', Enumerable.Range(0, OpenAiAdmission.Tokens(text)));

    private static string Models(OpenAiScenario scenario)
    {
        var (model, context) = (JsonSerializer.Serialize(scenario.Model), scenario.ContextTokens);
        var entry = scenario.Kind switch
        {
            ServerKind.OpenRouter => $$"""
                {"id":{{model}},"name":"Simulated: Model","created":1700000000,"context_length":{{context}},"architecture":{"modality":"text+image->text","input_modalities":["text","image"],"output_modalities":["text"]},
                "pricing":{"prompt":"0.000001","completion":"0.000002","request":"0","image":"0","input_cache_read":"0.0000001","input_cache_write":"0.00000125"},"top_provider":{"context_length":{{context}},"max_completion_tokens":16384,"is_moderated":false},"supported_parameters":["include_reasoning","max_tokens","reasoning","response_format","structured_outputs","tool_choice","tools"]}
                """,
            ServerKind.Vllm => $$"""{"id":{{model}},"object":"model","created":1700000000,"owned_by":"vllm","root":{{model}},"parent":null,"max_model_len":{{context}},"permission":[]}""",
            ServerKind.LlamaCpp => $$$"""{"id":{{{model}}},"object":"model","created":1700000000,"owned_by":"llamacpp","meta":{"vocab_type":2,"n_vocab":151936,"n_ctx_train":262144,"n_embd":2560,"n_params":30532122624,"size":18556685312}}""",
            ServerKind.LmStudio or ServerKind.LmStudio04 => $$"""{"id":{{model}},"object":"model","owned_by":"organization_owner"}""",
            ServerKind.LocalAi => $$"""{"id":{{model}},"object":"model"},{"id":"my-embedding","object":"model"}""",
            ServerKind.Sglang => $$"""{"id":{{model}},"object":"model","created":1700000000,"owned_by":"sglang","root":{{model}},"parent":null,"max_model_len":{{context}}}""",
            ServerKind.Jan => $$"""{"id":{{model}},"object":"model"}""",
            ServerKind.Together => $$"""{"id":{{model}},"object":"model","created":1700000000,"type":"chat","context_length":{{context}}},{"id":"other/embedding","object":"model","type":"embedding","context_length":512}""",
            _ => $$"""{"id":{{model}},"object":"model","created":1700000000,"owned_by":"system"},{"id":"text-embedding-3-small","object":"model","created":1700000000,"owned_by":"system"}""",
        };
        return scenario.Kind == ServerKind.Together ? $"[{entry}]" : $$"""{"object":"list","data":[{{entry}}]}""";
    }
}
