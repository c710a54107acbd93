using System.Net;
using System.Text.Json;
using Dragoman.Upstreams.Gemini;

namespace Dragoman.Tests.Upstreams;

/// <summary>What the simulated Gemini refuses, and in which words; and that the same without the fault passes.</summary>
public sealed class SimulatedGeminiRuleTests
{
    private const string Call = """{"role":"model","parts":[{"functionCall":{"id":"1","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"}]}""";
    private const string Result = """{"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"output":"x"}}}]}""";
    private static readonly string Hi = GeminiClient.User("hi");

    [Theory]
    // Fields.
    [InlineData("""{"contents":[HI],"system_instruction":{"parts":[{"text":["a"]}]}}""", "Invalid JSON payload received. Unknown name \"text\" at 'system_instruction.parts[0]': Proto field is not repeating, cannot start list.")]
    [InlineData("""{"contents":[HI],"system":"x"}""", "Invalid JSON payload received. Unknown name \"system\": Cannot find field.")]
    [InlineData("""{"contents":[HI],"generationConfig":{"max_tokens":5}}""", "Invalid JSON payload received. Unknown name \"max_tokens\" at 'generation_config': Cannot find field.")]
    [InlineData("""{"contents":[HI],"generationConfig":{"thinkingConfig":{"thinkingLevel":"EXTREME"}}}""", "Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingLevel), \"EXTREME\"")]
    [InlineData("""{"contents":[HI],"generationConfig":{"maxOutputTokens":"many"}}""", "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), \"many\"")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"a","inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]}""", "Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. Cannot set 'inlineData'")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"no base64!"}}]}]}""", "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), \"no base64!\"")]
    [InlineData("""{"contents":[HI],"labels":{"a":"b"}}""", "Unknown name \"labels\"")]
    [InlineData("""{"contents":[HI""", "Invalid JSON payload received.")]
    // Contents.
    [InlineData("""{"contents":[]}""", "contents is not specified")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""", "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":""}]}]}""", "required oneof field 'data' must have one initialized field")]
    [InlineData("""{"contents":[{"role":"user","parts":[{}]}]}""", "required oneof field 'data' must have one initialized field")]
    [InlineData("""{"contents":[{"role":"assistant","parts":[{"text":"a"}]}]}""", "Please use a valid role: user, model.")]
    [InlineData("""{"contents":[HI,HI]}""", "Please ensure that multiturn requests alternate between user and model.")]
    [InlineData("""{"contents":[{"role":"model","parts":[{"text":"a"}]},HI]}""", "Please ensure that multiturn requests alternate between user and model.")]
    [InlineData("""{"contents":[HI,{"role":"model","parts":[{"text":"a"}]}]}""", "Please ensure that multiturn requests end with a user role or a function response.")]
    [InlineData("""{"contents":[CALL,RESULT]}""", "Please ensure that function call turn comes immediately after a user turn or after a function response turn.")]
    [InlineData("""{"contents":[HI,CALL]}""", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")]
    [InlineData("""{"contents":[HI,CALL,HI]}""", "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.")]
    [InlineData("""{"contents":[RESULT]}""", "Please ensure that function response turn comes immediately after a function call turn.")]
    [InlineData("""{"contents":[HI,CALL,{"role":"user","parts":[{"functionResponse":{"id":"1","name":"g","response":{}}}]}]}""", "Please ensure that the function response name `g` is equal to the function call name `f`.")]
    [InlineData("""{"contents":[HI,CALL,{"role":"user","parts":[{"functionResponse":{"id":"2","name":"f","response":{}}}]}]}""", "does not match the id of any function call")]
    [InlineData("""{"contents":[HI,CALL,{"role":"user","parts":[{"functionResponse":{"id":"1","name":"f"}}]}]}""", "response must not be empty")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/gif","data":"AAAA"}}]}]}""", "Unsupported MIME type: image/gif")]
    // Tools.
    [InlineData("""{"contents":[HI],"tools":[{"functionDeclarations":[{"name":"1f"}]}]}""", "Invalid function name.")]
    [InlineData("""{"contents":[HI],"tools":[{"functionDeclarations":[{"name":"f"},{"name":"f"}]}]}""", "Duplicate function declaration found: f")]
    [InlineData("""{"contents":[HI],"tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}]}""", "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.")]
    [InlineData("""{"contents":[HI],"toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}}""", "Function calling config is set without function_declarations.")]
    [InlineData("""{"contents":[HI],"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}}}""", "`allowed_function_names` should be a subset")]
    [InlineData("""{"contents":[HI],"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"AUTO","allowedFunctionNames":["f"]}}}""", "only when function calling mode is ANY")]
    [InlineData("""{"contents":[HI],"tools":[{"functionDeclarations":[{"name":"f"}]}],"toolConfig":{"functionCallingConfig":{"mode":"AUTO","streamFunctionCallArguments":true}}}""", "Unknown name \"streamFunctionCallArguments\" at 'tool_config.function_calling_config'")]
    // Generation.
    [InlineData("""{"contents":[HI],"generationConfig":{"maxOutputTokens":65537}}""", "maxOutputTokens must be in the range [1, 65537)")]
    [InlineData("""{"contents":[HI],"generationConfig":{"stopSequences":["1","2","3","4","5","6"]}}""", "the number of stop_sequences must not exceed 5")]
    [InlineData("""{"contents":[HI],"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","thinkingBudget":100}}}""", "You can only set only one of thinking budget and thinking level.")]
    [InlineData("""{"contents":[HI],"generationConfig":{"thinkingConfig":{"thinkingBudget":100}}}""", "Thinking budget is not supported for this model.")]
    [InlineData("""{"contents":[HI],"generationConfig":{"responseSchema":{"type":"OBJECT"}}}""", "only supported with response mime type 'application/json'")]
    [InlineData("""{"contents":[HI],"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"},{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]}""", "Element must be unique by category")]
    public async Task Refuses(string body, string text)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var message = await client.RefusalAsync(body.Replace("HI", Hi).Replace("CALL", Call).Replace("RESULT", Result));
        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Single(client.Server.Refusals).Message);
        Assert.Empty(client.Server.Calls);
    }

    [Theory]
    [InlineData("gemini-3.1-pro-preview", """{"thinkingLevel":"MINIMAL"}""", "Thinking level MINIMAL is not supported for this model.")]
    [InlineData("gemini-2.5-flash", """{"thinkingLevel":"LOW"}""", "Thinking level is not supported for this model.")]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":0}""", "Budget 0 is invalid. This model only works in thinking mode.")]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":100}""", "The thinking budget 100 is invalid. Please choose a value between 128 and 32768.")]
    [InlineData("gemini-2.5-flash", """{"thinkingBudget":52428}""", "The thinking budget 52428 is invalid.")]
    [InlineData("gemini-2.0-flash", """{"includeThoughts":true}""", "Thinking is not enabled for this model.")]
    public async Task Refuses_thinking_that_the_model_has_not(string model, string config, string text)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        Assert.Contains(text, await client.RefusalAsync(GeminiClient.Ask("hi", $$$""","generationConfig":{"thinkingConfig":{{{config}}}}"""), model), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini-3.8-flash", """{"thinkingLevel":"minimal","includeThoughts":true}""")]
    [InlineData("gemini-2.5-flash", """{"thinkingBudget":0}""")]
    [InlineData("gemini-2.5-pro", """{"thinkingBudget":-1}""")]
    [InlineData("gemini-2.5-pro", """{"thinking_budget":32768}""")]
    public async Task Takes_thinking_that_the_model_has(string model, string config)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var (status, body) = await client.AskAsync("generateContent", GeminiClient.Ask("hi", $$$""","generationConfig":{"thinkingConfig":{{{config}}}}"""), model);
        Assert.True(status == HttpStatusCode.OK, body);
    }

    [Fact]
    public async Task Vertex_says_it_in_its_own_words()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        client.Flavour = ApiFlavour.VertexExpress;
        Assert.StartsWith(
            "Unable to submit request because it has a maxOutputTokens value of 70000 but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.",
            await client.RefusalAsync(GeminiClient.Ask("hi", ""","generationConfig":{"maxOutputTokens":70000}""")),
            StringComparison.Ordinal);
        Assert.StartsWith("Unable to submit request because it must include at least one parts field", await client.RefusalAsync("""{"contents":[{"role":"user","parts":[]}]}"""), StringComparison.Ordinal);
        Assert.Contains("it has a stopSequences value of 6", await client.RefusalAsync(GeminiClient.Ask("hi", ""","generationConfig":{"stopSequences":["1","2","3","4","5","6"]}""")), StringComparison.Ordinal);
        Assert.Equal(
            "Multiple tools are supported only when they are all search tools.",
            await client.RefusalAsync(GeminiClient.Ask("hi", ""","tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}]""")));
        var (status, body) = await client.AskAsync("generateContent", GeminiClient.Ask("hi", ""","labels":{"user_id":"abc"}"""));
        Assert.True(status == HttpStatusCode.OK, body);
    }

    [Fact]
    public async Task Older_models_see_no_pictures_in_results()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var body = $$$"""{"contents":[{{{Hi}}},{{{Call}}},{"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"output":"x"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}}]}]}""";
        Assert.Contains("Multimodal function responses are not supported", await client.RefusalAsync(body, "gemini-2.5-pro"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.AskAsync("generateContent", body)).Status);
    }

    [Fact]
    public async Task A_prompt_over_the_models_limit_is_refused_with_the_numbers()
    {
        var model = new SimulatedGeminiModel("small", ThinkingControl.None) { InputTokenLimit = 1000 };
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent() with { Models = [model] });
        var body = GeminiClient.Ask(new string('x', 8000));
        Assert.Matches(@"^The input token count \(20\d\d\) exceeds the maximum number of tokens allowed \(1000\)\.$", await client.RefusalAsync(body, "small"));
        client.Flavour = ApiFlavour.VertexExpress;
        Assert.Matches(@"^Unable to submit request because the input token count is 20\d\d but model only supports up to 1000\.", await client.RefusalAsync(body, "small"));
    }

    [Fact]
    public async Task Errors_of_streaming_calls_stand_in_an_array()
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var (status, body) = await client.AskAsync("streamGenerateContent?alt=sse", """{"contents":[]}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(400, JsonElement.Parse(body)[0].GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("nothing-9", "generateContent", "models/nothing-9 is not found for API version v1beta, or is not supported for generateContent.")]
    [InlineData("gemini-embedding-001", "streamGenerateContent", "is not supported for streamGenerateContent.")]
    public async Task Unknown_models_are_not_found(string model, string method, string text)
    {
        await using var client = await GeminiClient.StartAsync(GeminiScenario.Agent());
        var (status, body) = await client.AskAsync(method, GeminiClient.Ask("hi"), model);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains(text, body, StringComparison.Ordinal);
        client.Flavour = ApiFlavour.Vertex;
        (status, body) = await client.AskAsync(method, GeminiClient.Ask("hi"), model);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains($"Publisher Model `projects/simulated-project/locations/global/publishers/google/models/{model}` was not found", body, StringComparison.Ordinal);
    }
}
