using Dragoman.Providers.OpenAi;

namespace Dragoman.Tests.Docs;

/// <summary>The table of dialects in docs/providers.md is the one of the code.</summary>
public sealed class DialectTableTests
{
    [Fact]
    public void Every_dialect_has_its_row_with_what_the_code_says()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent!;
        var lines = File.ReadAllLines(Path.Combine(folder.FullName, "docs/providers.md"));
        var head = Array.FindIndex(lines, line => line.StartsWith("| dialect | known by |", StringComparison.Ordinal));
        Assert.True(head > 0);
        var rows = string.Join('\n', OpenAiDialects.All.Select(Row));
        Assert.True(rows == string.Join('\n', lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|'))), $"docs/providers.md should have:\n{rows}");
    }

    private static string Row(OpenAiDialect dialect) =>
        $"| `{dialect.Name}` | {Place(dialect)} | {(dialect.Api == OpenAiApi.Chat ? "chat" : "Responses")} | {Limit(dialect)} | {Reasoning(dialect.Reasoning)} | {Returned(dialect)} | {Choice(dialect)} | {dialect.JsonAnswer.ToString().ToLowerInvariant()} | {Media(dialect)} | {Rest(dialect)} | {dialect.Rules.Count} |";

    private static string Place(OpenAiDialect dialect)
    {
        var places = dialect.Hosts.Select(host => $"`{(host[0] == ':' ? "localhost" : "")}{host}`").ToList();
        if (dialect.Owner is not null) places.Add($"`owned_by: {dialect.Owner}`");
        return places.Count == 0 ? "its name" : string.Join(", ", places);
    }

    private static string Limit(OpenAiDialect dialect) =>
        $"`{dialect.MaxTokensField}`{(dialect.LeastMaxTokens > 1 ? $", {dialect.LeastMaxTokens} at least" : "")}{(dialect.OutputLimit is { } limit ? $", up to {limit}" : "")}{(dialect.OutputWithinContext ? ", within the context" : "")}";

    private static string Reasoning(ReasoningControl control) => control switch
    {
        { Reasons: null } => "unknown",
        { Reasons: false } => "none",
        { On: null } => "always",
        _ => $"{(control.Efforts.Count == 0 ? "on" : string.Join("/", control.Efforts))}{(control.Off is null ? "" : ", off")}{(control.Budget is null ? "" : ", budget")}",
    };

    private static string Returned(OpenAiDialect dialect) => dialect.ReasoningReturn switch
    {
        ReasoningReturn.None => "no",
        ReasoningReturn.Field => $"`{dialect.ReasoningField}`{(dialect.ReasoningRequired ? ", always" : "")}",
        ReasoningReturn.Details => "`reasoning_details`",
        ReasoningReturn.ContentPart => "thinking part",
        _ => "encrypted items",
    };

    private static string Choice(OpenAiDialect dialect)
    {
        var words = new List<string>();
        if (dialect.RequiredChoice is not null) words.Add("required");
        if (dialect.NamedChoice) words.Add("named");
        if (dialect.NoneChoice) words.Add("none");
        return words.Count == 0 ? "auto" : string.Join(", ", words);
    }

    private static string Media(OpenAiDialect dialect)
    {
        var kinds = new List<string>();
        if (dialect.Images) kinds.Add(dialect.ImagesInResults ? "images, in results too" : "images");
        if (dialect.Files) kinds.Add("PDFs");
        return kinds.Count == 0 ? "none" : string.Join(", ", kinds);
    }

    private static string Rest(OpenAiDialect dialect)
    {
        var rest = new List<string>();
        if (dialect.SystemRole != "system") rest.Add($"system text in `{dialect.SystemRole}`");
        if (!dialect.Samples) rest.Add("no sampling");
        if (dialect.TopK) rest.Add("`top_k`");
        if (!dialect.IncludeUsage && dialect.Api == OpenAiApi.Chat) rest.Add("usage unasked");
        if (dialect.ParallelToolCalls) rest.Add("`parallel_tool_calls`");
        if (dialect.StrictTools) rest.Add("strict tools");
        if (dialect.AssistantAfterResults) rest.Add("no user message right after results");
        if (dialect.CallIdLength is { } length) rest.Add($"ids of {length} characters");
        if (dialect.ThinkTags) rest.Add("`<think>` is looked for");
        if (dialect.Prefill != Prefill.Instructed) rest.Add($"prefill: {dialect.Prefill switch { Prefill.AsIs => "as it is", Prefill.Prefix => "`prefix`", _ => "`partial`" }}");
        if (dialect.PromptCacheKey) rest.Add("`prompt_cache_key`");
        if (dialect.Extra is not null) rest.Add($"`{dialect.Extra}`");
        return rest.Count == 0 ? "" : string.Join(", ", rest);
    }
}
