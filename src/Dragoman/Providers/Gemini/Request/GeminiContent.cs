using Dragoman.Messages;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>One entry of <c>contents</c>, while it is being put together.</summary>
internal sealed class GeminiContent(bool isModel)
{
    /// <summary>The model speaks; otherwise the user.</summary>
    public bool IsModel { get; } = isModel;

    /// <summary>What is said, in order.</summary>
    public List<GeminiPart> Parts { get; } = [];
}

/// <summary>One entry of <c>parts</c>.</summary>
internal abstract record GeminiPart
{
    /// <summary>The <c>thoughtSignature</c> beside it: exactly as it came, or the value that stands for a lost one.</summary>
    public string? Signature { get; init; }
}

/// <summary>Text. <paramref name="IsThought"/>: the model's own thought.</summary>
internal sealed record GeminiText(JsonText Text, bool IsThought = false) : GeminiPart;

/// <summary>An image or a PDF, base64.</summary>
internal sealed record GeminiInline(string MediaType, JsonText Data) : GeminiPart;

/// <summary>A call. <paramref name="Args"/> is a raw JSON object.</summary>
internal sealed record GeminiCall(string Id, string Name, ReadOnlyMemory<byte> Args) : GeminiPart;

/// <summary>What a tool answered. <paramref name="Inside"/>: images and PDFs that go with it.</summary>
internal sealed record GeminiResult(string Id, string Name, IReadOnlyList<JsonText> Texts, bool IsError, IReadOnlyList<GeminiInline> Inside) : GeminiPart;
