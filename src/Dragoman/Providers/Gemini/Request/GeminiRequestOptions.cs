namespace Dragoman.Providers.Gemini.Request;

/// <summary>The three ways to reach Gemini. Bodies are almost the same.</summary>
internal enum GeminiFlavour
{
    /// <summary>Vertex AI with an API key.</summary>
    VertexExpress,

    /// <summary>Vertex AI with a project and a location.</summary>
    Vertex,

    /// <summary>The Gemini Developer API.</summary>
    GeminiApi,
}

/// <summary>What of the configuration a request depends on.</summary>
/// <param name="Flavour">Where the request goes.</param>
/// <param name="SafetyThreshold">The threshold for every category of harm (<c>OFF</c>, <c>BLOCK_NONE</c>, <c>BLOCK_ONLY_HIGH</c>, ...); empty: Google's own.</param>
/// <param name="UserLabels"><c>metadata.user_id</c> is sent as a label (Vertex AI only).</param>
/// <param name="Provider">The provider's name in the configuration: a thought signature is good for the one that made it only.</param>
/// <param name="Target">The model's name in the signatures of our own answers; null: the model's own.</param>
/// <param name="ThinkingUnsupported">What to do when a client insists on thinking and the model can't.</param>
/// <param name="StreamArguments">Arguments of calls come in pieces (<c>streamFunctionCallArguments</c>, Vertex AI only).</param>
internal sealed record GeminiRequestOptions(
    GeminiFlavour Flavour,
    string SafetyThreshold,
    bool UserLabels,
    string Provider = "gemini",
    string? Target = null,
    ThinkingUnsupported ThinkingUnsupported = ThinkingUnsupported.Error,
    bool StreamArguments = false)
{
    /// <summary>Vertex AI, of either kind.</summary>
    public bool IsVertex => Flavour != GeminiFlavour.GeminiApi;
}
