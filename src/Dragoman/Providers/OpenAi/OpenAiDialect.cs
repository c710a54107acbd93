using Dragoman.Tools;

namespace Dragoman.Providers.OpenAi;

/// <summary>The two forms of OpenAI's API.</summary>
internal enum OpenAiApi
{
    /// <summary><c>/v1/chat/completions</c>.</summary>
    Chat,

    /// <summary><c>/v1/responses</c>, without state on the server.</summary>
    Responses,
}

/// <summary>How a model's reasoning is given back with the history.</summary>
internal enum ReasoningReturn
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As text, in the assistant message's <see cref="OpenAiDialect.ReasoningField"/>.</summary>
    Field,

    /// <summary>As <c>reasoning_details</c>, each entry as it came; the model's own text without any as <see cref="OpenAiDialect.ReasoningField"/>.</summary>
    Details,

    /// <summary>As a part <c>{"type":"thinking"}</c> of the content.</summary>
    ContentPart,

    /// <summary>As items of their own, with <c>encrypted_content</c> (Responses only).</summary>
    Items,
}

/// <summary>What of JSON an answer can be held to.</summary>
internal enum JsonAnswer
{
    /// <summary>Nothing: the schema is said in words.</summary>
    None,

    /// <summary>That it is a JSON object (<c>json_object</c>); the schema is said in words.</summary>
    Object,

    /// <summary>A schema that the model doesn't see (a grammar), so it is said in words too.</summary>
    Grammar,

    /// <summary>A schema (<c>json_schema</c>), to the letter where all of its properties are required.</summary>
    Schema,
}

/// <summary>What becomes of a conversation that ends with the assistant's own words, which the model is to go on with.</summary>
internal enum Prefill
{
    /// <summary>The model is told so by one more user message.</summary>
    Instructed,

    /// <summary>The server goes on with the last message by itself.</summary>
    AsIs,

    /// <summary>The last message is marked with <c>"prefix":true</c>.</summary>
    Prefix,

    /// <summary>The last message is marked with <c>"partial":true</c>.</summary>
    Partial,
}

/// <summary>How reasoning is switched and measured. Each text is a JSON object whose members go into the body.</summary>
/// <param name="On">Reasoning on; <c>$effort</c> stands for the word. Null: nothing is sent.</param>
/// <param name="Off">Reasoning off; null when it can't be switched off, and the lowest effort has to do.</param>
/// <param name="Efforts">The words for efforts that the upstream knows, of <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c> and <c>max</c>, the lowest first.</param>
internal sealed record ReasoningControl(string? On, string? Off, params IReadOnlyList<string> Efforts)
{
    /// <summary>The model does not reason.</summary>
    public static ReasoningControl None { get; } = new(On: null, Off: null) { Reasons = false };

    /// <summary>The model always reasons, as much as it sees fit.</summary>
    public static ReasoningControl Always { get; } = new(On: null, Off: null) { Reasons = true };

    /// <summary>Nobody knows how, or whether the model does.</summary>
    public static ReasoningControl Unknown { get; } = new(On: null, Off: null) { Reasons = null };

    /// <summary>Whether the model can reason; null when nobody knows.</summary>
    public bool? Reasons { get; init; } = true;

    /// <summary>Reasoning on with a limit in tokens, which <c>$budget</c> stands for; null where there is no such limit.</summary>
    public string? Budget { get; init; }

    /// <summary>Reasoning on, for a client that doesn't look at it; null: as <see cref="On"/>.</summary>
    public string? OnUnseen { get; init; }
}

/// <summary>What is different for some of a server's models.</summary>
/// <param name="Models">
/// Names in small letters: <c>gpt-4</c> is for all that begin so, at the start or behind a slash; <c>=gpt-5</c> for this one; <c>*-thinking</c> for all that have it somewhere.
/// </param>
/// <param name="Change">The dialect for them.</param>
internal sealed record ModelRule(IReadOnlyList<string> Models, Func<OpenAiDialect, OpenAiDialect> Change)
{
    /// <summary>Whether the rule is for this model.</summary>
    public bool Matches(string model)
    {
        var name = model.ToLowerInvariant();
        var last = name[(name.LastIndexOf('/') + 1)..];
        return Models.Any(key => key[0] switch
        {
            '*' => name.Contains(key[1..], StringComparison.Ordinal),
            '=' => name == key[1..] || last == key[1..],
            _ => name.StartsWith(key, StringComparison.Ordinal) || last.StartsWith(key, StringComparison.Ordinal),
        });
    }
}

/// <summary>
/// How one server speaks OpenAI's API: all that the translators have to know of it. The defaults are the cautious ones, for a server that nobody knows: no
/// field that a strict server might refuse.
/// </summary>
internal sealed record OpenAiDialect
{
    /// <summary>Its name in the setting <c>dialect</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The hosts whose dialect it is, their subdomains included; for programs that run anywhere <c>:port</c>, when the port is theirs alone.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>What its model list says in <c>owned_by</c>; null when that tells nothing.</summary>
    public string? Owner { get; init; }

    /// <summary>Which of the two APIs.</summary>
    public OpenAiApi Api { get; init; }

    /// <summary>The field for the most tokens of an answer.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    /// <summary>The least that <see cref="MaxTokensField"/> takes.</summary>
    public int LeastMaxTokens { get; init; } = 1;

    /// <summary>The most that <see cref="MaxTokensField"/> takes; null when it isn't known.</summary>
    public int? OutputLimit { get; init; }

    /// <summary>A request is refused when its prompt and <see cref="MaxTokensField"/> together don't fit the context; others just end the answer there.</summary>
    public bool OutputWithinContext { get; init; }

    /// <summary>The role of the system text: <c>system</c>, <c>developer</c>, or <c>instructions</c> for the field of that name (Responses).</summary>
    public string SystemRole { get; init; } = "system";

    /// <summary>How reasoning is asked for.</summary>
    public ReasoningControl Reasoning { get; init; } = ReasoningControl.Unknown;

    /// <summary>How reasoning is given back.</summary>
    public ReasoningReturn ReasoningReturn { get; init; }

    /// <summary>The field of an assistant message that reasoning is given back in, as text.</summary>
    public string ReasoningField { get; init; } = "reasoning_content";

    /// <summary>While it reasons, the server refuses a history with an assistant message without <see cref="ReasoningField"/>.</summary>
    public bool ReasoningRequired { get; init; }

    /// <summary>An answer's text may begin with reasoning between <c>&lt;think&gt;</c> tags.</summary>
    public bool ThinkTags { get; init; } = true;

    /// <summary><c>temperature</c> and <c>top_p</c> are taken.</summary>
    public bool Samples { get; init; } = true;

    /// <summary><c>top_k</c> is taken.</summary>
    public bool TopK { get; init; }

    /// <summary><c>stream_options.include_usage</c> is taken. Without it most servers don't tell a streamed answer's usage.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary><c>parallel_tool_calls</c> is taken.</summary>
    public bool ParallelToolCalls { get; init; }

    /// <summary>Calls come one at a time unless <c>parallel_tool_calls</c> asks for more.</summary>
    public bool SerialByDefault { get; init; }

    /// <summary>The word of <c>tool_choice</c> for "any tool"; null when calls can't be forced.</summary>
    public string? RequiredChoice { get; init; } = "required";

    /// <summary><c>tool_choice</c> can name a function. Otherwise that tool alone is offered.</summary>
    public bool NamedChoice { get; init; }

    /// <summary><c>tool_choice</c> can be <c>none</c>. Otherwise no tools are offered.</summary>
    public bool NoneChoice { get; init; }

    /// <summary>A model that reasons can't be made to call a tool, so it doesn't reason then.</summary>
    public bool ForcedCallEndsReasoning { get; init; }

    /// <summary>Functions can be <c>strict</c>.</summary>
    public bool StrictTools { get; init; }

    /// <summary>What schemas of tools look like.</summary>
    public SchemaDialect Schemas { get; init; } = SchemaDialect.OpenAi;

    /// <summary>What an answer can be held to.</summary>
    public JsonAnswer JsonAnswer { get; init; }

    /// <summary>An answer can be held to a schema although there are tools.</summary>
    public bool JsonAnswerWithTools { get; init; }

    /// <summary>Images are taken as data URLs. (Whether the model sees is another question.)</summary>
    public bool Images { get; init; } = true;

    /// <summary>Images may stand inside a tool's result; otherwise a user message behind the results has them.</summary>
    public bool ImagesInResults { get; init; }

    /// <summary>PDFs are taken as <c>file</c> parts.</summary>
    public bool Files { get; init; }

    /// <summary>A user message may not follow a tool's result directly.</summary>
    public bool AssistantAfterResults { get; init; }

    /// <summary>Ids of calls are exactly so many letters and digits; null when they are free.</summary>
    public int? CallIdLength { get; init; }

    /// <summary>The longest id of a call.</summary>
    public int MaxCallIdLength { get; init; } = 40;

    /// <summary>What becomes of a conversation that ends with the assistant's words.</summary>
    public Prefill Prefill { get; init; }

    /// <summary><c>prompt_cache_key</c> is taken.</summary>
    public bool PromptCacheKey { get; init; }

    /// <summary>A JSON object whose members every body has.</summary>
    public string? Extra { get; init; }

    /// <summary>What is different for some models; each rule that fits changes what the ones before made.</summary>
    public IReadOnlyList<ModelRule> Rules { get; init; } = [];

    /// <summary>The dialect for one model.</summary>
    public OpenAiDialect For(string model)
    {
        var dialect = this;
        foreach (var rule in Rules)
        {
            if (rule.Matches(model)) dialect = rule.Change(dialect);
        }

        return dialect;
    }
}
