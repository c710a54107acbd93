using Dragoman.Tests.EndToEnd.Apis;

namespace Dragoman.Tests.EndToEnd.Faults;

/// <summary>What the client must be told: the HTTP status while there is one to give, and the error's type.</summary>
internal sealed record Told(int Status, string Type);

/// <summary>One way in which an upstream fails, and what must become of it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Status">The HTTP status that the client sees.</param>
/// <param name="Type">The error's type.</param>
/// <param name="Answer">What the upstream sends to a request for an answer, streamed or whole; null: it takes no connection.</param>
internal sealed record Fault(string Name, int Status, string Type, Func<UpstreamApi, bool, RawAnswer>? Answer)
{
    private const int RetryAfterSeconds = 7;

    /// <summary>The client has seen some of the answer when it happens.</summary>
    public bool IsMidStream { get; init; }

    /// <summary>The upstream says it in its own words, which an upstream of Anthropic's kind gets passed on.</summary>
    public bool IsSaid { get; init; }

    /// <summary>What is told where it differs, by the API's name.</summary>
    public IReadOnlyDictionary<string, Told> Otherwise { get; init; } = new Dictionary<string, Told>(StringComparer.Ordinal);

    /// <summary>Seconds after which to come back, if the client must be told.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("connection refused", 503, "api_error", null),
        new("401", 401, "authentication_error", Refusal(401)) { IsSaid = true },
        new("404", 404, "not_found_error", Refusal(404)) { IsSaid = true },
        new("429 with retry-after", 429, "rate_limit_error", Refusal(429)) { IsSaid = true, RetryAfter = RetryAfterSeconds },
        // Google advises to repeat its 500 as its 503.
        new("500", 502, "api_error", Refusal(500)) { IsSaid = true, Otherwise = Only((UpstreamApis.Gemini, new Told(529, "overloaded_error")), (UpstreamApis.Anthropic, new Told(500, "api_error"))) },
        new("503", 529, "overloaded_error", Refusal(503)) { IsSaid = true, Otherwise = Only((UpstreamApis.Anthropic, new Told(503, "overloaded_error"))) },
        new("hang before the headers", 504, "timeout_error", (_, _) => new RawAnswer("", Ending.Hang)),
        new("reset before the headers", 502, "api_error", (_, _) => new RawAnswer("", Ending.Reset)),
        new("page with 200", 502, "api_error", (_, _) => RawAnswer.Whole("<!DOCTYPE html><html><body>Sign in to the network</body></html>", type: "text/html")),
        new("empty body", 502, "api_error", (api, stream) => RawAnswer.Whole("", type: api.Answer(stream).Type)),
        new("truncated JSON", 502, "api_error", (api, stream) => RawAnswer.Chunked(api.Answer(stream).First is var first && stream ? first[..(first.IndexOf('{', StringComparison.Ordinal) + 12)] : first[..12], api.Answer(stream).Type, isEnded: true)),
        new("hang in mid-stream", 504, "timeout_error", Begun(Ending.Hang)) { IsMidStream = true },
        new("reset in mid-stream", 502, "api_error", Begun(Ending.Reset)) { IsMidStream = true },
        new("close in mid-stream", 502, "api_error", Begun(Ending.Close)) { IsMidStream = true },
        new("end in mid-stream", 502, "api_error", Begun(Ending.Close, "")) { IsMidStream = true },
        new("truncated JSON in mid-stream", 502, "api_error", (api, stream) => Begun(Ending.Close, Half(api.Answer(stream).Second))(api, stream)) { IsMidStream = true },
        new("error in mid-stream", 502, "api_error", (api, stream) => stream || api.Whole is null ? Begun(Ending.Close, api.Failure("the upstream's own words"))(api, stream) : Refusal(529)(api, stream))
        {
            IsMidStream = true,
            IsSaid = true,
            Otherwise = Only((UpstreamApis.Gemini, new Told(529, "overloaded_error")), (UpstreamApis.Anthropic, new Told(529, "overloaded_error"))),
        },
    ];

    /// <summary>What the client must be told by this API.</summary>
    public Told ToldBy(UpstreamApi api) => Otherwise.GetValueOrDefault(api.Name) ?? new Told(Status, Type);

    private static Func<UpstreamApi, bool, RawAnswer> Refusal(int status) =>
        (api, _) => RawAnswer.Whole(api.Refusal(status, "the upstream's own words"), status, headers: status == 429 ? $"Retry-After: {RetryAfterSeconds}\r\n" : "");

    // Chunked, and the last chunk comes only where something is said after the beginning: otherwise the connection ends in the middle of the body.
    private static Func<UpstreamApi, bool, RawAnswer> Begun(Ending ending, string? then = null) =>
        (api, stream) => RawAnswer.Chunked(api.Answer(stream).First + then, api.Answer(stream).Type, isEnded: then is not null, ending);

    private static string Half(string text) => text[..(text.Length / 2)];

    private static Dictionary<string, Told> Only(params (UpstreamApi Api, Told Told)[] rows) => rows.ToDictionary(row => row.Api.Name, row => row.Told, StringComparer.Ordinal);
}
