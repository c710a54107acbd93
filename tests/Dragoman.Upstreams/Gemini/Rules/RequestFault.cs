namespace Dragoman.Upstreams.Gemini.Rules;

/// <summary>Thrown by a rule that a request breaks; caught where requests are admitted, and answered.</summary>
internal sealed class RequestFault(GoogleError error) : Exception(error.Message)
{
    /// <summary>The answer.</summary>
    public GoogleError Error { get; } = error;

    /// <summary>A 400 in these words.</summary>
    public static RequestFault Of(string message) => new(GoogleError.Invalid(message));

    /// <summary>A 400 in the words of the Gemini API or of Vertex AI.</summary>
    public static RequestFault Of(ApiFlavour flavour, string geminiApi, string vertex) => Of(flavour.IsVertex() ? $"Unable to submit request because {vertex}" : geminiApi);
}
