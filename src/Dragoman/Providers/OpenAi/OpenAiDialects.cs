namespace Dragoman.Providers.OpenAi;

/// <summary>
/// The table of dialects: a row for each server that is known to differ. What a row leaves out is the cautious default. To add a server, add a row; where its
/// facts are known from stands above it.
/// </summary>
internal static partial class OpenAiDialects
{
    /// <summary>A server that nobody knows: no field that a strict one might refuse.</summary>
    public static OpenAiDialect Generic { get; } = new() { Name = "generic" };

    /// <summary>A server that nobody knows but for its <c>/v1/responses</c>.</summary>
    public static OpenAiDialect GenericResponses { get; } = new()
    {
        Name = "responses",
        Api = OpenAiApi.Responses,
        MaxTokensField = "max_output_tokens",
        LeastMaxTokens = 16,
        SystemRole = "instructions",
        Reasoning = new("""{"reasoning":{"effort":"$effort"}}""", Off: null, "low", "medium", "high"),
        ReasoningReturn = ReasoningReturn.Items,
    };

    /// <summary>All rows.</summary>
    public static IReadOnlyList<OpenAiDialect> All { get; } =
        [OpenAi, OpenRouter, DeepSeek, Groq, Mistral, Zai, Moonshot, Xai, Together, LmStudio, LlamaCpp, Vllm, SgLang, LocalAi, GenericResponses, Generic];

    /// <summary>The row of this name; null when there is none.</summary>
    public static OpenAiDialect? Named(string name) => All.FirstOrDefault(dialect => dialect.Name == name);

    /// <summary>The row for a server's address; <see cref="Generic"/> when no row knows it.</summary>
    public static OpenAiDialect At(Uri address) => All.FirstOrDefault(dialect => dialect.Hosts.Any(host => IsAt(host, address))) ?? Generic;

    /// <summary>The row for a server whose models have this <c>owned_by</c>; null when that tells nothing.</summary>
    public static OpenAiDialect? Owning(string owner) => All.FirstOrDefault(dialect => dialect.Owner is not null && dialect.Owner == owner);

    private static bool IsAt(string host, Uri address) => host[0] == ':'
        ? address.IsLoopback && host == $":{address.Port}"
        : UpstreamHost.IsWithin(address, host);
}
