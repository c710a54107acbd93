namespace Dragoman.Upstreams.OpenAi;

/// <summary>A whole call.</summary>
internal sealed record ScriptedCall(int Index, string Id, string Name, string ArgumentsJson);

/// <summary>An answer in the form of one of the two APIs.</summary>
internal interface IOpenAiOutput
{
    /// <summary>A piece of text.</summary>
    Task SayAsync(string piece, CancellationToken cancellationToken);

    /// <summary>A piece of thinking.</summary>
    Task ThinkAsync(string piece, CancellationToken cancellationToken);

    /// <summary>Parallel calls.</summary>
    Task CallAsync(IReadOnlyList<ScriptedCall> calls, CancellationToken cancellationToken);

    /// <summary>The model refuses.</summary>
    Task RefuseAsync(string text, CancellationToken cancellationToken);

    /// <summary>An object as given.</summary>
    Task WriteChunkAsync(string json, CancellationToken cancellationToken);

    /// <summary>Bytes as given.</summary>
    Task WriteRawAsync(string text, CancellationToken cancellationToken);

    /// <summary>The end.</summary>
    Task FinishAsync(string reason, OpenAiCounts counts, CancellationToken cancellationToken);
}

/// <summary>Token counts.</summary>
internal sealed record OpenAiCounts(int Prompt, int Cached, int Output, int Reasoning);
