using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers.Overrides;

namespace Dragoman.Tests.Providers.Overrides;

/// <summary>What the configuration changes of a Messages request: the same for one that is translated and for one that is passed on.</summary>
public sealed class RequestOverridesTests
{
    private static readonly TargetOverrides None = new();

    public static TheoryData<string, string, string, string> Changes => new()
    {
        { "\"temperature\":1,\"top_p\":0.5,\"top_k\":3", """{"sampling":{"temperature":0.6,"topP":"drop","topK":40}}""", "\"temperature\":0.6,\"top_k\":40", "temperature=forced,top_k=forced,top_p=dropped" },
        // What the client says anyway, or doesn't say, is no loss.
        { "\"temperature\":0.6", """{"sampling":{"temperature":0.6,"topP":0.9,"topK":"drop"}}""", "\"top_p\":0.9,\"temperature\":0.6", "" },
        { "", """{"maxTokens":200000}""", "", "" },
        { "\"system\":\"S\"", """{"system":"Be brief.\n"}""", "\"system\":\"S\\n\\nBe brief.\\n\"", "system=extended" },
        { "", """{"system":"Be brief."}""", "\"system\":\"Be brief.\"", "system=extended" },
        { "\"system\":null", """{"system":"B"}""", "\"system\":\"B\"", "system=extended" },
        { "\"system\":[ ]", """{"system":"B"}""", """ "system":[{"type":"text","text":"B"}]""", "system=extended" },
        { """ "system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}} ]""", """{"system":"B"}""", """ "system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}},{"type":"text","text":"B"}]""", "system=extended" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Fields_are_changed(string fields, string settings, string expected, string degraded)
    {
        var (body, named) = Passed(Request(fields), Overrides(settings));
        Assert.Equal(Normalized(Request(expected)), Normalized(body));
        Assert.Equal(degraded, string.Join(',', named));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_parsed_request_changes_as_its_body_does(string fields, string settings, string expected, string degraded)
    {
        var changed = RequestOverrides.Apply(Parse(Request(fields)), Overrides(settings));
        var wanted = Parse(Request(expected));
        Assert.Equal((wanted.Temperature, wanted.TopP, wanted.TopK, wanted.MaxTokens), (changed.Temperature, changed.TopP, changed.TopK, changed.MaxTokens));
        Assert.Equal(string.Join("\n\n", wanted.System.Select(block => block.Text)), string.Join("\n\n", changed.System.Select(block => block.Text)));
        Assert.Equal(degraded, string.Join(',', changed.Degraded));
    }

    [Theory]
    [InlineData(10_000, null, null, "max_tokens=clamped")]
    [InlineData(10_000, 4000, 4000, "max_tokens=clamped")]
    // Something must be left for the answer.
    [InlineData(10_000, 9999, 5000, "max_tokens=clamped,thinking.budget_tokens=clamped")]
    [InlineData(10_000, 60_000, 5000, "max_tokens=clamped,thinking.budget_tokens=clamped")]
    [InlineData(1500, 4000, 1024, "max_tokens=clamped,thinking.budget_tokens=clamped")]
    // Less than the least budget is left.
    [InlineData(1024, 4000, 0, "max_tokens=clamped,thinking=off_for_max_tokens")]
    public void A_limit_leaves_room_for_the_answer(int limit, int? budget, int? expected, string degraded)
    {
        var thinking = budget is null ? "" : $$""","thinking":{"type":"enabled","budget_tokens":{{budget}},"display":"omitted"}""";
        var request = Request("\"max_tokens\":64000" + thinking).Replace("\"max_tokens\":100,", "", StringComparison.Ordinal);
        var overrides = None with { MaxTokens = limit };
        var changed = RequestOverrides.Apply(Parse(request), overrides);
        var (body, named) = Passed(request, overrides);
        using var passed = JsonDocument.Parse(body);

        Assert.Equal(limit, changed.MaxTokens);
        Assert.Equal(limit, passed.RootElement.GetProperty("max_tokens").GetInt32());
        Assert.Equal(expected == 0 ? null : expected, changed.Thinking?.BudgetTokens);
        if (expected == 0) Assert.Equal("""{"type":"disabled"}""", passed.RootElement.GetProperty("thinking").GetRawText());
        else if (expected is { } left) Assert.Equal($$"""{"type":"enabled","budget_tokens":{{left}},"display":"omitted"}""", passed.RootElement.GetProperty("thinking").GetRawText());
        Assert.Equal(degraded, string.Join(',', changed.Degraded));
        Assert.Equal(degraded, string.Join(',', named));
    }

    [Fact]
    public void A_cache_that_is_warmed_is_only_warmed() =>
        Assert.Equal(0, RequestOverrides.Apply(Parse(Request("").Replace("100", "0", StringComparison.Ordinal)), None with { MaxTokens = 50 }).MaxTokens);

    [Fact]
    public void A_question_for_the_size_gets_the_system_text_alone()
    {
        var fields = BodyFields.Read(Encoding.UTF8.GetBytes("""{"model":"m","messages":[]}"""));
        RequestOverrides.Apply(fields, Overrides("""{"system":"B","maxTokens":1,"sampling":{"temperature":0.5}}"""), counting: true);
        Assert.Equal("""{"system":"B","model":"m","messages":[]}""", Written(fields));
    }

    [Fact]
    public void What_the_upstream_has_to_refuse_is_left_to_it() =>
        Assert.Equal("""{"system":5,"max_tokens":"many","thinking":[]}""", Passed("""{"system":5,"max_tokens":"many","thinking":[]}""", Overrides("""{"system":"B","maxTokens":1}""")).Body);

    [Fact]
    public void Nothing_changes_without_settings()
    {
        var request = Parse(Request("\"temperature\":1"));
        Assert.Same(request, RequestOverrides.Apply(request, None));
    }

    private static (string Body, IReadOnlyCollection<string> Degraded) Passed(string request, TargetOverrides overrides)
    {
        var fields = BodyFields.Read(Encoding.UTF8.GetBytes(request));
        var degraded = RequestOverrides.Apply(fields, overrides, counting: false);
        return (Written(fields), degraded);
    }

    private static string Written(BodyFields fields)
    {
        var output = new ArrayBufferWriter<byte>();
        fields.Write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static TargetOverrides Overrides(string settings) =>
        OverrideTable.Of("up", Dragoman.Providers.OpenAi.OpenAiSettings.Read("up", JsonDocument.Parse(settings).RootElement), TimeSpan.FromSeconds(1)).General;

    private static string Request(string fields) => $$"""{"model":"m","max_tokens":100,{{(fields.Length > 0 ? fields + "," : "")}}"messages":[{"role":"user","content":"x"}]}""";

    private static MessagesRequest Parse(string json) => MessagesParser.Parse(Encoding.UTF8.GetBytes(json));

    // Fields of the top level in the order of their names.
    private static string Normalized(string json)
    {
        using var document = JsonDocument.Parse(json);
        return string.Join('\n', document.RootElement.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}: {field.Value.GetRawText()}"));
    }
}
