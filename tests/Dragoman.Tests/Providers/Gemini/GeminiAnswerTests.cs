using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Replies;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Providers.Gemini;

/// <summary>What the client gets for what Gemini says.</summary>
public sealed class GeminiAnswerTests
{
    private const string Thinking = "\"thinking\":{\"type\":\"adaptive\"},";

    private const string Bash = """ "tools":[{"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"},"timeout":{"type":"integer"}}}}], """;

    [Fact]
    public async Task Thoughts_and_text_are_blocks_of_their_own()
    {
        var events = await new GeminiTranslation(Thinking).EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk("""{"text":"**Hm**\n","thought":true}"""),
            GeminiTranslation.Chunk("""{"thought":true,"text":"so"}"""),
            GeminiTranslation.Chunk("""{"text":"Hel"},{"text":"lo"}"""),
            GeminiTranslation.Last(parts: """{"text":"","thoughtSignature":"QUJD"}""")));
        Assert.Equal(["thinking", "text"], Blocks(events));
        Assert.Equal("**Hm**\nso", SseEvent.Text(events, "thinking"));
        Assert.Equal("Hello", SseEvent.Text(events));
        // A thinking block behind the text would hide the text in some clients, so a text's signature is let go.
        Assert.Null(Signatures(events).Single().Upstream);
    }

    [Fact]
    public async Task Thoughts_that_nobody_asked_for_are_not_shown()
    {
        var events = await new GeminiTranslation().EventsAsync(GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"hm","thought":true,"thoughtSignature":"QUJD"}"""), GeminiTranslation.Last(parts: """{"text":"x"}""")));
        Assert.Equal(["text"], Blocks(events));
    }

    [Fact]
    public async Task A_calls_signature_travels_in_the_thinking_block_before_it()
    {
        var translation = new GeminiTranslation(Thinking + Bash);
        var events = await translation.EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk("""{"text":"hm","thought":true}"""),
            GeminiTranslation.Chunk("""{"functionCall":{"id":"call-1","name":"default_api:Bash","args":{"command":"ls","timeout":"5"}},"thoughtSignature":"QUJD"},{"functionCall":{"name":"Bash","args":{"command":"pwd"}}}"""),
            GeminiTranslation.Last()));
        Assert.Equal(["thinking", "tool_use call-1 Bash", "tool_use toolu_1 Bash"], Blocks(events));
        Assert.Equal("call:QUJD", Signatures(events).Single().Upstream);
        // The number came as text.
        Assert.Equal("""{"command":"ls","timeout":5}{"command":"pwd"}""", SseEvent.Text(events, "partial_json"));
        Assert.Equal("tool_use", SseEvent.StopReason(events));
        Assert.Equal([new("call-1", "QUJD")], translation.Remembered);
    }

    [Fact]
    public async Task Without_a_thought_a_calls_signature_travels_in_an_empty_thinking_block()
    {
        var events = await new GeminiTranslation(Bash).EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk("""{"text":"Let me look."}"""),
            GeminiTranslation.Last(parts: """{"functionCall":{"name":"Bash"},"thoughtSignature":"QUJD"}""")));
        Assert.Equal(["text", "thinking", "tool_use toolu_1 Bash"], Blocks(events));
        Assert.Equal("call:QUJD", Signatures(events).Single().Upstream);
        Assert.Equal("{}", SseEvent.Text(events, "partial_json"));
    }

    [Fact]
    public async Task A_thoughts_own_signature_is_sealed_with_the_thought()
    {
        var events = await new GeminiTranslation(Thinking + Bash).EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk("""{"text":"hm","thought":true},{"text":"","thought":true,"thoughtSignature":"VEhP"}"""),
            GeminiTranslation.Last(parts: """{"functionCall":{"name":"Bash","args":{}},"thoughtSignature":"QUJD"}""")));
        Assert.Equal(["thinking", "thinking", "tool_use toolu_1 Bash"], Blocks(events));
        Assert.Equal(["thought:VEhP", "call:QUJD"], Signatures(events).Select(signature => signature.Upstream));
    }

    [Fact]
    public async Task Arguments_that_come_in_pieces_are_put_together()
    {
        var events = await new GeminiTranslation(""" "tools":[{"name":"cook","input_schema":{"type":"object"}},{"name":"stop","input_schema":{"type":"object"}}], """).EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk("""{"functionCall":{"name":"cook","willContinue":true},"thoughtSignature":"QUJD"}"""),
            GeminiTranslation.Chunk("""{"functionCall":{"partialArgs":[{"jsonPath":"$.steps[0].text","stringValue":"Boil \"wa","willContinue":true}],"willContinue":true}}"""),
            GeminiTranslation.Chunk("""{"functionCall":{"partialArgs":[{"jsonPath":"$.steps[0].text","stringValue":"ter\"👋"},{"jsonPath":"$.steps[0]['a.b']","numberValue":2.50}],"willContinue":true}}"""),
            GeminiTranslation.Chunk("""{"functionCall":{"willContinue":true}}"""),
            GeminiTranslation.Chunk("""{"functionCall":{"partialArgs":[{"jsonPath":"$.steps[2]","boolValue":true},{"jsonPath":"$.none","nullValue":"NULL_VALUE"},{"jsonPath":"$.steps[9999999]","boolValue":true},{"jsonPath":"$.steps.x","boolValue":true}],"willContinue":true}}"""),
            GeminiTranslation.Chunk("""{"functionCall":{}}"""),
            GeminiTranslation.Chunk("""{"functionCall":{}}"""),
            GeminiTranslation.Last(parts: """{"functionCall":{"name":"stop","willContinue":true}}""")));
        Assert.Equal(["thinking", "tool_use toolu_1 cook", "tool_use toolu_2 stop"], Blocks(events));
        Assert.Equal("""{"steps":[{"text":"Boil \"water\"\uD83D\uDC4B","a.b":2.50},null,true],"none":null}{}""", SseEvent.Text(events, "partial_json"));
    }

    [Fact]
    public async Task Half_a_call_at_the_answers_limit_is_no_call()
    {
        var translation = new GeminiTranslation(Bash);
        var events = await translation.EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk("""{"text":"x"},{"functionCall":{"name":"Bash","willContinue":true,"partialArgs":[{"jsonPath":"$.command","stringValue":"rm -rf /","willContinue":true}]}}"""),
            GeminiTranslation.Last("MAX_TOKENS")));
        Assert.Equal(["text"], Blocks(events));
        Assert.Equal("max_tokens", SseEvent.StopReason(events));
    }

    [Fact]
    public async Task Only_one_call_leaves_when_the_client_wants_no_parallel_ones()
    {
        var events = await new GeminiTranslation(Bash + "\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true},").EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Last(parts: """{"functionCall":{"name":"Bash","args":{"command":"a"}}},{"functionCall":{"name":"Bash","args":{"command":"b"}}}""")));
        Assert.Equal("""{"command":"a"}""", SseEvent.Text(events, "partial_json"));
    }

    [Fact]
    public async Task Files_and_code_of_the_model_are_told_of_in_the_text()
    {
        var events = await new GeminiTranslation().EventsAsync(GeminiTranslation.Sse(
            GeminiTranslation.Chunk($$$"""{"inlineData":{"mimeType":"image/png","data":"{{{new string('A', 4096)}}}"}},{"executableCode":{"language":"PYTHON","code":"print(1)\n"}}"""),
            GeminiTranslation.Last(parts: """{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1\n"}}""")));
        Assert.Equal("\n[The model made a file of the type image/png, 3 kB, which can't be shown here.]\n\n```python\nprint(1)\n```\n\nThe code printed:\n```\n1\n```\n", SseEvent.Text(events));
    }

    [Theory]
    [InlineData("STOP", "end_turn", null)]
    [InlineData("MAX_TOKENS", "max_tokens", null)]
    [InlineData("OTHER", "end_turn", null)]
    [InlineData("TOO_MANY_TOOL_CALLS", "end_turn", null)]
    [InlineData("SOMETHING_NEW", "end_turn", null)]
    [InlineData("SAFETY", "refusal", "Gemini ended the answer with SAFETY: the answer was stopped by a safety filter.")]
    [InlineData("RECITATION", "refusal", "Gemini ended the answer with RECITATION: the answer repeated a text that is protected too closely.")]
    [InlineData("LANGUAGE", "refusal", "Gemini ended the answer with LANGUAGE: the language is not supported.")]
    [InlineData("BLOCKLIST", "refusal", "Gemini ended the answer with BLOCKLIST: the answer holds a word of a blocklist.")]
    [InlineData("PROHIBITED_CONTENT", "refusal", "Gemini ended the answer with PROHIBITED_CONTENT: the answer may hold prohibited content.")]
    [InlineData("SPII", "refusal", "Gemini ended the answer with SPII: the answer may hold sensitive personal data.")]
    [InlineData("IMAGE_SAFETY", "refusal", "Gemini ended the answer with IMAGE_SAFETY: an image in the answer was stopped by a filter.")]
    public async Task Every_finish_reason_has_its_stop_reason(string reason, string stopReason, string? explanation)
    {
        var answer = GeminiTranslation.Sse(GeminiTranslation.Last(reason, """{"text":"so far"}"""));
        var events = await new GeminiTranslation().EventsAsync(answer);
        var delta = events.Single(step => step.Type == "message_delta").Data.GetProperty("delta");
        Assert.Equal(stopReason, delta.GetProperty("stop_reason").GetString());
        Assert.Equal("so far", SseEvent.Text(events));
        var details = delta.GetProperty("stop_details");
        if (explanation is null) Assert.Equal(JsonValueKind.Null, details.ValueKind);
        else Assert.Equal($$"""{"type":"refusal","category":null,"explanation":"{{explanation}}"}""", details.GetRawText());
        Assert.Equal(details.GetRawText(), (await new GeminiTranslation().AssembleAsync(answer)).GetProperty("stop_details").GetRawText());
    }

    [Theory]
    [InlineData("SAFETY", "the prompt was stopped by a safety filter")]
    [InlineData("JAILBREAK", "the prompt looks like an attempt to get around the model's rules")]
    [InlineData("OTHER", "the prompt was refused")]
    public async Task A_refused_prompt_is_a_refusal_and_not_asked_again(string reason, string words)
    {
        var translation = new GeminiTranslation();
        var events = await translation.EventsAsync(GeminiTranslation.Sse($$$"""{"promptFeedback":{"blockReason":"{{{reason}}}","blockReasonMessage":"see the policy"},"usageMetadata":{"promptTokenCount":9}}"""));
        Assert.False(translation.WantsRetry);
        Assert.Equal("refusal", SseEvent.StopReason(events));
        Assert.Equal($"Gemini ended the answer with {reason}: {words}: see the policy.", translation.Finish!.RefusalExplanation);
    }

    [Fact]
    public async Task A_refusal_after_a_call_is_still_a_refusal()
    {
        var events = await new GeminiTranslation(Bash).EventsAsync(GeminiTranslation.Sse(GeminiTranslation.Last("SAFETY", """{"functionCall":{"name":"Bash","args":{}}}""")));
        Assert.Equal("refusal", SseEvent.StopReason(events));
    }

    [Theory]
    [InlineData("MALFORMED_FUNCTION_CALL", "the model wrote a tool call that can't be read: call Bash(")]
    [InlineData("UNEXPECTED_TOOL_CALL", "the model called a tool although it has none: call Bash(")]
    [InlineData("MALFORMED_RESPONSE", "the model's answer can't be read: call Bash(")]
    public async Task An_answer_that_is_none_is_asked_for_once_more_and_then_an_error_that_says_so(string reason, string words)
    {
        var answer = GeminiTranslation.Sse(GeminiTranslation.Last(reason, candidate: """, "finishMessage":"call Bash(" """));
        var first = new GeminiTranslation();
        Assert.DoesNotContain("message_delta", await first.StreamAsync(answer), StringComparison.Ordinal);
        Assert.True(first.WantsRetry);
        Assert.Null(first.Failure);

        var second = new GeminiTranslation() is var again ? new GeminiTranslation { Terms = again.Terms with { IsRetry = true } } : null!;
        await second.StreamAsync(answer);
        Assert.Equal(new UpstreamError(UpstreamErrorKind.Broken, $"gemini/gemini-2.5-pro ended with {reason}: {words}. Try again, or another model; fewer or simpler tools help too."), second.Failure);
    }

    [Fact]
    public async Task What_the_client_has_seen_is_not_asked_for_again()
    {
        var translation = new GeminiTranslation();
        await translation.StreamAsync(GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"so far"}"""), GeminiTranslation.Last("MALFORMED_FUNCTION_CALL")));
        Assert.False(translation.WantsRetry);
        Assert.Equal(UpstreamErrorKind.Broken, translation.Failure!.Kind);
    }

    [Theory]
    [InlineData("""{"usageMetadata":{"promptTokenCount":12}}""")]
    [InlineData("""{"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12}}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"QUJD"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":12}}""")]
    [InlineData("""{"candidates":[],"usageMetadata":{"promptTokenCount":12}}""")]
    public async Task An_empty_answer_is_asked_for_once_more_and_then_is_the_answer(string chunk)
    {
        var first = new GeminiTranslation();
        await first.StreamAsync(GeminiTranslation.Sse(chunk));
        Assert.True(first.WantsRetry);
        var second = new GeminiTranslation { Terms = first.Terms with { IsRetry = true } };
        var events = await second.EventsAsync(GeminiTranslation.Sse(chunk));
        Assert.Equal("end_turn", SseEvent.StopReason(events));
        Assert.Equal(12, second.Finish!.Usage.InputTokens);
    }

    [Fact]
    public async Task A_limit_that_is_used_up_by_thoughts_is_not_tried_again()
    {
        var translation = new GeminiTranslation();
        var events = await translation.EventsAsync(GeminiTranslation.Sse(GeminiTranslation.Last("MAX_TOKENS", usage: "\"promptTokenCount\":12,\"thoughtsTokenCount\":999")));
        Assert.Equal("max_tokens", SseEvent.StopReason(events));
        Assert.Equal(new Usage(12, 999, 0, 999), translation.Finish!.Usage);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_a_failure()
    {
        var translation = new GeminiTranslation();
        await translation.StreamAsync(GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"so far"}""")));
        Assert.Equal(new UpstreamError(UpstreamErrorKind.Broken, "gemini/gemini-2.5-pro: the answer ended without an end. Try again."), translation.Failure);
    }

    [Fact]
    public async Task Thoughts_without_an_end_are_a_failure_too()
    {
        var translation = new GeminiTranslation(Thinking);
        await translation.StreamAsync(GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"hm","thought":true}""")));
        Assert.Equal(UpstreamErrorKind.Broken, translation.Failure!.Kind);
    }

    [Fact]
    public async Task The_last_counts_count_and_a_reason_in_every_chunk_ends_nothing()
    {
        var translation = new GeminiTranslation();
        var events = await translation.EventsAsync(GeminiTranslation.Sse(
            """{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":50,"cachedContentTokenCount":40}}""",
            """{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":50,"candidatesTokenCount":2,"thoughtsTokenCount":3,"toolUsePromptTokenCount":5,"totalTokenCount":60}}"""));
        Assert.Equal("ab", SseEvent.Text(events));
        Assert.Equal(new Usage(15, 5, 40, 3), translation.Finish!.Usage);
    }

    [Fact]
    public async Task Stop_sequences_that_gemini_was_not_told_of_end_the_answer_here()
    {
        var translation = new GeminiTranslation("\"stop_sequences\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"END\"],");
        var events = await translation.EventsAsync(GeminiTranslation.Sse(GeminiTranslation.Chunk("""{"text":"before E"}"""), GeminiTranslation.Chunk("""{"text":"ND after"}"""), GeminiTranslation.Last()));
        Assert.Equal("before ", SseEvent.Text(events));
        Assert.Equal("stop_sequence", SseEvent.StopReason(events));
        Assert.Equal("END", translation.Finish!.StopSequence);
    }

    [Theory]
    [InlineData("""{"candidates":"x"}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"functionCall":1},{"functionCall":{"name":"Bash","args":"x","partialArgs":{},"willContinue":"x"}},{"text":1},7]}}],"promptFeedback":7,"usageMetadata":[]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"\ud800","thoughtSignature":"\udc00"},{"functionCall":{"name":"\ud800","args":{"\ud800":"\ud800"}}}]},"groundingMetadata":{"webSearchQueries":["\ud800"],"groundingChunks":[1,{"web":1}],"groundingSupports":[1,{"groundingChunkIndices":["x",1.5]}]},"finishReason":"STOP"}]}""")]
    [InlineData("""{"error":null,"candidates":[{"finishReason":7}]}""")]
    [InlineData("""{"error":"x"}""")]
    [InlineData("""{"candidates" [}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"functionCall":{"name":"Bash","partialArgs":[{"jsonPath":"$[","stringValue":"x"},{"jsonPath":"$.","stringValue":"x"},{"jsonPath":"$['x","stringValue":"x"},{"jsonPath":"","stringValue":"x"}]}}]},"finishReason":"STOP"}]}""")]
    public async Task Nonsense_is_an_answer_or_a_failure_but_never_a_crash(string chunk)
    {
        var translation = new GeminiTranslation(Bash) is var plain ? new GeminiTranslation(Bash) { Terms = plain.Terms with { IsRetry = true } } : null!;
        await translation.EventsAsync(GeminiTranslation.Sse(chunk));
        Assert.True(translation.Finish is null ^ translation.Failure is null);
    }

    internal static IEnumerable<string> Blocks(IEnumerable<SseEvent> events) => events.Where(step => step.Type == "content_block_start").Select(step =>
    {
        var block = step.Data.GetProperty("content_block");
        var type = block.GetProperty("type").GetString()!;
        return block.TryGetProperty("name", out var name) ? $"{type} {block.GetProperty("id").GetString()} {name.GetString()}" : type;
    });

    private static List<ThinkingSignature> Signatures(IEnumerable<SseEvent> events) => events
        .Where(step => step.Type == "content_block_delta" && step.Data.GetProperty("delta").GetProperty("type").GetString() == "signature_delta")
        .Select(step => ThinkingSignature.Open(step.Data.GetProperty("delta").GetProperty("signature").GetString()!)!).ToList();
}
