namespace Dragoman.Providers.OpenAi;

/// <summary>
/// How the upstream's part of our signature begins: it says what kind of reasoning it seals, there and back. What is sealed can be read by the model alone that made it.
/// </summary>
internal static class SealedReasoning
{
    /// <summary>An entry of <c>reasoning_details</c>, or an array of them.</summary>
    public const string DetailsPrefix = "details:";

    /// <summary>A reasoning item of Responses.</summary>
    public const string EncryptedPrefix = "encrypted:";
}
