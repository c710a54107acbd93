namespace Dragoman.Tests.EndToEnd.Apis;

/// <summary>One of the APIs that the gateway speaks to: how it is told of a server, and what that server's bytes look like.</summary>
/// <param name="Name">The API's name in tables.</param>
/// <param name="Model">A model that the server has.</param>
internal sealed record UpstreamApi(string Name, string Model)
{
    /// <summary>The provider's name in every test's configuration: none that the gateway could know by itself.</summary>
    public const string Provider = "mine";

    /// <summary>The provider's section of the configuration, for a server at this address.</summary>
    public required Func<Uri, string> Section { get; init; }

    /// <summary>What the server answers to a question about its models; null: the request is for an answer of a model.</summary>
    public required Func<RawRequest, string?> Question { get; init; }

    /// <summary>The content type of a stream.</summary>
    public string StreamType { get; init; } = "text/event-stream";

    /// <summary>What comes before the first piece of a text.</summary>
    public string Head { get; init; } = "";

    /// <summary>A piece of text.</summary>
    public required Func<string, string> Piece { get; init; }

    /// <summary>The good end of a text.</summary>
    public required string Tail { get; init; }

    /// <summary>
    /// A stream with all that there is: the thought <c>A thought.</c>, the text <c>Some text.</c> in two pieces, calls of <c>Read</c> and <c>Shot</c>, and counts of 1000 tokens read
    /// (900 of them cached, where the API counts that) and 30 written.
    /// </summary>
    public required string Dense { get; init; }

    /// <summary>A refusal's body: HTTP status and message.</summary>
    public required Func<int, string, string> Refusal { get; init; }

    /// <summary>An error in the middle of a stream: message.</summary>
    public required Func<string, string> Failure { get; init; }

    /// <summary>A body of an overflow: 5000 tokens where 4096 are allowed.</summary>
    public required string Overflow { get; init; }

    /// <summary>The upstream writes whole answers itself, and they are passed on; null: whole answers are assembled of streams.</summary>
    public string? Whole { get; init; }

    /// <summary>Refusals in the API's own form are passed on untouched.</summary>
    public bool PassesErrors => Whole is not null;

    /// <summary>The API counts what it read from its cache.</summary>
    public bool CountsCache { get; init; } = true;

    /// <summary>The target, as clients name it.</summary>
    public string Target => $"{Provider}/{Model}";

    /// <summary>An answer whose first half says <c>I begin</c>.</summary>
    public (string Type, string First, string Second) Answer(bool stream) => stream || Whole is null
        ? (StreamType, Head + Piece("I begin"), Piece(" and I end.") + Tail)
        : ("application/json", Whole[..(Whole.Length / 2)], Whole[(Whole.Length / 2)..]);

    /// <summary>The server's behaviour: questions are answered well, requests for an answer by <paramref name="answer"/>.</summary>
    public Func<RawRequest, RawAnswer> Behaviour(Func<RawRequest, RawAnswer> answer) => request => Question(request) is { } known ? RawAnswer.Whole(known) : answer(request);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
