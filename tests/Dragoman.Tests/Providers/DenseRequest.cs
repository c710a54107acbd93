namespace Dragoman.Tests.Providers;

/// <summary>One dense request with everything that gateways are known to lose.</summary>
internal static class DenseRequest
{
    /// <summary>The request's body.</summary>
    public static byte[] Bytes { get; } = """
        {
          "model": "claude-opus-5-5", "max_tokens": 500, "stream": true,
          "system": [{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.329; cch=1a2b3;"}, {"type":"text","text":"SYSTEM-BLOCK-TWO"}],
          "stop_sequences": ["STOP-HERE"], "temperature": 0.25, "top_p": 0.75, "top_k": 33,
          "thinking": {"type":"adaptive"},
          "output_config": {"effort":"high", "format":{"type":"json_schema","schema":{"type":"object","properties":{"FORMAT_FIELD":{"type":"string"}}}}},
          "context_management": {"edits":[{"type":"clear_thinking_20251015","keep":"all"}]},
          "tool_choice": {"type":"any","disable_parallel_tool_use":true},
          "tools": [
            {"name":"Read","description":"READ-DESCRIPTION","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}},"required":["file_path"]},"input_examples":[{"file_path":"EXAMPLE-PATH"}]},
            {"name":"Shot","description":"SHOT-DESCRIPTION","input_schema":{"type":"object","properties":{"display":{"type":"integer","minimum":7}}}},
            {"name":"Fetch","description":"FETCH-DESCRIPTION","defer_loading":true,"input_schema":{"type":"object","properties":{"url":{"type":"string"}}}},
            {"type":"web_search_20250305","name":"web_search","max_uses":3}
          ],
          "messages": [
            {"role":"user","content":[
              {"type":"text","text":"USER-TEXT"},
              {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},
              {"type":"image","source":{"type":"url","url":"https://x.example/URL-IMAGE.png"}},
              {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"},"title":"PDF-TITLE"},
              {"type":"document","source":{"type":"text","media_type":"text/plain","data":"DOCUMENT-TEXT"},"title":"DOCUMENT-TITLE","context":"DOCUMENT-CONTEXT"},
              {"type":"search_result","source":"SEARCH-SOURCE","title":"SEARCH-TITLE","content":[{"type":"text","text":"SEARCH-TEXT"}]}]},
            {"role":"system","content":"MIDDLE-SYSTEM"},
            {"role":"assistant","content":[
              {"type":"thinking","thinking":"OLD-THOUGHT","signature":"c2ln"},
              {"type":"redacted_thinking","data":"xyz"},
              {"type":"text","text":"ASSISTANT-TEXT"},
              {"type":"tool_use","id":"toolu_A","name":"Read","input":{"file_path":"INPUT-PATH"}},
              {"type":"tool_use","id":"toolu_B","name":"Shot","input":{"display":1}}]},
            {"role":"user","content":[
              {"type":"tool_result","tool_use_id":"toolu_B","content":[{"type":"text","text":"RESULT-B"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"UkVTVUxUSU1H"}},{"type":"tool_reference","tool_name":"Fetch"}]},
              {"type":"tool_result","tool_use_id":"toolu_A","is_error":true,"content":"RESULT-A"}]}
          ]
        }
        """u8.ToArray();
}
