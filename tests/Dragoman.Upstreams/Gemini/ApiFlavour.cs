namespace Dragoman.Upstreams.Gemini;

/// <summary>The three doors to Gemini. They differ in address, credential, a few fields and in the words of their errors.</summary>
public enum ApiFlavour
{
    /// <summary>The Gemini Developer API: <c>/v1beta/models/...</c> with an API key.</summary>
    GeminiApi,

    /// <summary>Vertex AI express: <c>/v1/publishers/google/models/...</c> with an API key.</summary>
    VertexExpress,

    /// <summary>Vertex AI: <c>/v1/projects/P/locations/L/publishers/google/models/...</c> with a bearer token.</summary>
    Vertex,
}

/// <summary>What flavours have in common.</summary>
internal static class ApiFlavours
{
    /// <summary>Whether it is one of the two Vertex AI flavours.</summary>
    public static bool IsVertex(this ApiFlavour flavour) => flavour != ApiFlavour.GeminiApi;
}
