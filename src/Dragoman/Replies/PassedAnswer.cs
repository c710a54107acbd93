namespace Dragoman.Replies;

/// <summary>What an upstream that speaks the client's own language says outside the body of its answer.</summary>
/// <param name="RequestId">The upstream's own <c>request-id</c>, for the log: the client gets the gateway's.</param>
/// <param name="Headers">The headers that the client is to get: rate limits, when to try again.</param>
internal sealed record UpstreamHead(string? RequestId, IReadOnlyList<KeyValuePair<string, string>> Headers);

/// <summary>An answer that is passed on as it is: one JSON object.</summary>
/// <param name="Body">The bytes as they came.</param>
/// <param name="Head">What came with them.</param>
internal sealed record PassedAnswer(ReadOnlyMemory<byte> Body, UpstreamHead Head);

/// <summary>A refusal that is passed on as it is.</summary>
/// <param name="Status">The HTTP status; that of <paramref name="Type"/> when the refusal came in a stream.</param>
/// <param name="Type">For example <c>rate_limit_error</c>.</param>
/// <param name="Body">The whole error object as it came: <c>{"type":"error","error":{…}}</c>.</param>
/// <param name="Head">What came with it.</param>
internal sealed record PassedError(int Status, string Type, ReadOnlyMemory<byte> Body, UpstreamHead Head);
