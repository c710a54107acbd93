namespace Dragoman.Tests.EndToEnd.Apis;

/// <summary>The table of the APIs: one row each, for every test that must hold for all of them.</summary>
internal static class UpstreamApis
{
    /// <summary>Ollama's own.</summary>
    public static UpstreamApi Ollama { get; } = new("Ollama", "qwen3-vl:8b")
    {
        Section = url => $$"""{"type":"ollama","url":"{{url}}"}""",
        Question = request => request.Path switch
        {
            "/api/chat" => null,
            "/api/tags" => """{"models":[{"name":"qwen3-vl:8b","model":"qwen3-vl:8b","size":1}]}""",
            _ => """{"capabilities":["completion","vision","tools","thinking"],"details":{"family":"qwen3vl"},"model_info":{"general.architecture":"qwen3vl","qwen3vl.context_length":262144}}""",
        },
        StreamType = "application/x-ndjson",
        Piece = text => Line($$"""{"role":"assistant","content":"{{text}}"}"""),
        Tail = OllamaEnd,
        Dense = Line("""{"role":"assistant","content":"","thinking":"A thought."}""") + Line("""{"role":"assistant","content":"Some "}""") + Line("""{"role":"assistant","content":"text."}""")
            + Line("""{"role":"assistant","content":"","tool_calls":[{"id":"call_1","function":{"name":"Read","arguments":{"file_path":"a"}}},{"id":"call_2","function":{"name":"Shot","arguments":{"display":7}}}]}""")
            + OllamaEnd,
        Refusal = (_, message) => $$"""{"error":"{{message}}"}""",
        Failure = message => $$"""{"error":"{{message}}"}""" + "\n",
        Overflow = """{"error":"{\"error\":{\"code\":400,\"message\":\"request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it\",\"type\":\"exceed_context_size_error\"}}"}""",
        // prompt_eval_count is of the whole prompt, whatever was cached.
        CountsCache = false,
    };

    /// <summary>Google's.</summary>
    public static UpstreamApi Gemini { get; } = new("Gemini", "gemini-3.8-flash")
    {
        Section = url => $$"""{"type":"gemini","url":"{{url}}","apiKey":"AIza-test"}""",
        Question = request => request.Path.Contains(":streamGenerateContent", StringComparison.Ordinal)
            ? null
            : """{"models":[{"name":"models/gemini-3.8-flash","inputTokenLimit":1048576,"outputTokenLimit":65536,"supportedGenerationMethods":["generateContent","countTokens"],"thinking":true}],"totalTokens":42}""",
        Piece = text => Data($$$"""{"candidates":[{"content":{"role":"model","parts":[{"text":"{{{text}}}"}]}}],"usageMetadata":{"promptTokenCount":1000}}"""),
        Tail = Data("""{"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":30}}"""),
        Dense = Data("""{"candidates":[{"content":{"role":"model","parts":[{"text":"A thought.","thought":true}]}}],"usageMetadata":{"promptTokenCount":1000}}""")
            + Data("""{"candidates":[{"content":{"role":"model","parts":[{"text":"Some "}]}}]}""") + Data("""{"candidates":[{"content":{"role":"model","parts":[{"text":"text."}]}}]}""")
            + Data("""{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"Read","args":{"file_path":"a"}},"thoughtSignature":"QUJD"},{"functionCall":{"name":"Shot","args":{"display":7}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1000,"cachedContentTokenCount":900,"candidatesTokenCount":20,"thoughtsTokenCount":10}}"""),
        Refusal = (status, message) => $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","status":"{{{GoogleStatus(status)}}}"}}""",
        Failure = message => Data($$$"""{"error":{"code":503,"message":"{{{message}}}","status":"UNAVAILABLE"}}"""),
        Overflow = """{"error":{"code":400,"message":"The input token count (5000) exceeds the maximum number of tokens allowed (4096).","status":"INVALID_ARGUMENT"}}""",
    };

    /// <summary>OpenAI's older one, and that of many servers.</summary>
    public static UpstreamApi Chat { get; } = new("OpenAI chat", "simulated-model")
    {
        Section = url => $$"""{"type":"openai","url":"{{url}}v1","apiKey":"sk-simulated","dialect":"vllm"}""",
        Question = request => request.Path.EndsWith("/chat/completions", StringComparison.Ordinal) ? null : OpenAiModels,
        Piece = text => Choice($$"""{"content":"{{text}}"}"""),
        Tail = Choice("{}", "\"stop\"") + ChatEnd,
        Dense = Choice("""{"role":"assistant","reasoning_content":"A thought."}""") + Choice("""{"content":"Some "}""") + Choice("""{"content":"text."}""")
            + Choice("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"Read","arguments":""}}]}""")
            + Choice("""{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"Shot","arguments":"{\"disp"}}]}""")
            + Choice("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"file_path\":"}}]}""") + Choice("""{"tool_calls":[{"index":1,"function":{"arguments":"lay\":7}"}}]}""")
            + Choice("""{"tool_calls":[{"index":0,"function":{"arguments":"\"a\"}"}}]}""") + Choice("{}", "\"tool_calls\"") + ChatEnd,
        Refusal = OpenAiRefusal,
        Failure = message => $$$"""data: {"error":{"message":"{{{message}}}","type":"server_error","code":null}}""" + "\n\n",
        Overflow = OpenAiOverflow,
    };

    /// <summary>OpenAI's newer one.</summary>
    public static UpstreamApi Responses { get; } = new("OpenAI responses", "gpt-5.4")
    {
        Section = url => $$"""{"type":"openai","url":"{{url}}v1","apiKey":"sk-simulated","dialect":"openai"}""",
        Question = request => request.Path.EndsWith("/responses", StringComparison.Ordinal) ? null : OpenAiModels,
        Head = Event("response.created", """ "response":{"id":"resp_1","object":"response","status":"in_progress","output":[]} """),
        Piece = text => Event("response.output_text.delta", $$""" "item_id":"msg_1","output_index":0,"content_index":0,"delta":"{{text}}" """),
        Tail = ResponsesEnd,
        Dense = Event("response.created", """ "response":{"id":"resp_1","object":"response","status":"in_progress","output":[]} """)
            + Event("response.reasoning_summary_text.delta", """ "item_id":"rs_1","output_index":0,"summary_index":0,"delta":"A thought." """)
            + Event("response.output_item.done", """ "output_index":0,"item":{"id":"rs_1","type":"reasoning","encrypted_content":"SEALED","summary":[{"type":"summary_text","text":"A thought."}]} """)
            + Event("response.output_text.delta", """ "item_id":"msg_1","output_index":1,"content_index":0,"delta":"Some " """) + Event("response.output_text.delta", """ "item_id":"msg_1","output_index":1,"content_index":0,"delta":"text." """)
            + Event("response.output_item.done", """ "output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","arguments":"{\"file_path\":\"a\"}","call_id":"call_1","name":"Read"} """)
            + Event("response.output_item.done", """ "output_index":3,"item":{"id":"fc_2","type":"function_call","status":"completed","arguments":"{\"display\":7}","call_id":"call_2","name":"Shot"} """)
            + ResponsesEnd,
        Refusal = OpenAiRefusal,
        Failure = message => Event("error", $$$""" "error":{"type":"server_error","code":null,"message":"{{{message}}}","param":null} """),
        Overflow = OpenAiOverflow,
    };

    /// <summary>The client's own language.</summary>
    public static UpstreamApi Anthropic { get; } = new("Anthropic", "claude-simulated")
    {
        Section = url => $$"""{"type":"anthropic","url":"{{url}}","apiKey":"sk-ant-gateway"}""",
        Question = request => request.Path.Split('?')[0] switch
        {
            "/v1/messages" => null,
            "/v1/messages/count_tokens" => """{"input_tokens":42}""",
            _ => """{"data":[{"type":"model","id":"claude-simulated","display_name":"X","created_at":"2026-01-01T00:00:00Z"}],"has_more":false,"first_id":"claude-simulated","last_id":"claude-simulated"}""",
        },
        Head = MessageStart + Frame("content_block_start", """ "index":0,"content_block":{"type":"text","text":""} """),
        Piece = text => Frame("content_block_delta", $$$""" "index":0,"delta":{"type":"text_delta","text":"{{{text}}}"} """),
        Tail = Frame("content_block_stop", "\"index\":0") + MessageEnd("end_turn"),
        Dense = MessageStart
            + Frame("content_block_start", """ "index":0,"content_block":{"type":"thinking","thinking":"","signature":""} """) + Frame("content_block_delta", """ "index":0,"delta":{"type":"thinking_delta","thinking":"A thought."} """)
            + Frame("content_block_delta", """ "index":0,"delta":{"type":"signature_delta","signature":"U0lH"} """) + Frame("content_block_stop", "\"index\":0")
            + Frame("content_block_start", """ "index":1,"content_block":{"type":"text","text":""} """) + Frame("content_block_delta", """ "index":1,"delta":{"type":"text_delta","text":"Some "} """)
            + Frame("content_block_delta", """ "index":1,"delta":{"type":"text_delta","text":"text."} """) + Frame("content_block_stop", "\"index\":1")
            + AnthropicCall(2, "toolu_1", "Read", """{\"file_path\":\"a\"}""") + AnthropicCall(3, "toolu_2", "Shot", """{\"display\":7}""") + MessageEnd("tool_use"),
        Refusal = (status, message) => $$$"""{"type":"error","error":{"type":"{{{AnthropicType(status)}}}","message":"{{{message}}}"},"request_id":"req_upstream"}""",
        Failure = message => Frame("error", $$$""" "error":{"type":"overloaded_error","message":"{{{message}}}"},"request_id":"req_upstream" """),
        Overflow = """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 5000 tokens > 4096 maximum"},"request_id":"req_upstream"}""",
        Whole = """{"id":"msg_1","type":"message","role":"assistant","model":"claude-simulated","content":[{"type":"text","text":"I begin and I end."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":100,"cache_read_input_tokens":900,"output_tokens":30}}""",
    };

    /// <summary>All rows.</summary>
    public static IReadOnlyList<UpstreamApi> All { get; } = [Ollama, Gemini, Chat, Responses, Anthropic];

    private const string OpenAiModels = """{"object":"list","data":[{"id":"simulated-model","object":"model","created":1,"owned_by":"somebody"},{"id":"gpt-5.4","object":"model","created":1,"owned_by":"somebody"}]}""";

    private const string OpenAiOverflow = """{"error":{"message":"This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""";

    private static string OllamaEnd => """{"model":"qwen3-vl:8b","created_at":"2026-11-21T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":1000,"eval_count":30}""" + "\n";

    private static string ChatEnd =>
        """data: {"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":900},"completion_tokens_details":{"reasoning_tokens":10}}}""" + "\n\ndata: [DONE]\n\n";

    private static string ResponsesEnd =>
        Event("response.completed", """ "response":{"id":"resp_1","object":"response","status":"completed","error":null,"incomplete_details":null,"output":[],"usage":{"input_tokens":1000,"input_tokens_details":{"cached_tokens":900},"output_tokens":30,"output_tokens_details":{"reasoning_tokens":10}}} """);

    private static string MessageStart =>
        Frame("message_start", """ "message":{"model":"claude-simulated","id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":100,"cache_read_input_tokens":900,"output_tokens":1}} """);

    private static string MessageEnd(string reason) =>
        Frame("message_delta", $$$""" "delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"input_tokens":100,"cache_read_input_tokens":900,"output_tokens":30} """) + Frame("message_stop", "");

    private static string AnthropicCall(int index, string id, string name, string escaped) =>
        Frame("content_block_start", $$$""" "index":{{{index}}},"content_block":{"type":"tool_use","id":"{{{id}}}","name":"{{{name}}}","input":{}} """)
        + Frame("content_block_delta", $$$""" "index":{{{index}}},"delta":{"type":"input_json_delta","partial_json":"{{{escaped}}}"} """) + Frame("content_block_stop", $"\"index\":{index}");

    private static string Line(string message) => $$"""{"model":"qwen3-vl:8b","created_at":"2026-11-21T00:00:00Z","message":{{message}},"done":false}""" + "\n";

    private static string Data(string json) => $"data: {json}\r\n\r\n";

    private static string Choice(string delta, string finish = "null") =>
        $$"""data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"simulated-model","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""" + "\n\n";

    private static string Event(string type, string fields) => $"event: {type}\ndata: {{\"type\":\"{type}\",{fields.Trim()}}}\n\n";

    private static string Frame(string type, string fields) => $"event: {type}\ndata: {{\"type\":\"{type}\"{(fields.Length > 0 ? "," : "")}{fields.Trim()}}}\n\n";

    private static string OpenAiRefusal(int status, string message) => $$$"""{"error":{"message":"{{{message}}}","type":"{{{(status == 429 ? "requests" : "invalid_request_error")}}}","param":null,"code":{{{(status == 404 ? "\"model_not_found\"" : "null")}}}}}""";

    private static string GoogleStatus(int status) => status switch
    {
        401 => "UNAUTHENTICATED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    };

    private static string AnthropicType(int status) => status switch
    {
        401 => "authentication_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        _ => "api_error",
    };
}
