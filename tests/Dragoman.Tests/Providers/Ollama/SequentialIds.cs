namespace Dragoman.Tests.Providers.Ollama;

/// <summary>Ids that are the same in every run: <c>toolu_1</c>, <c>toolu_2</c>, ...</summary>
internal sealed class SequentialIds : IdSource
{
    private int _last;

    /// <inheritdoc/>
    public override string Next(string prefix) => $"{prefix}{++_last}";
}
