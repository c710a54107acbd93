namespace Dragoman.Upstreams.Gemini.Shape;

/// <summary>The type of a field, as the JSON form of protocol buffers reads it.</summary>
internal enum ProtoKind
{
    Text,
    Bytes,
    Bool,
    Whole,
    Number,
    Enum,
    Message,

    /// <summary><c>google.protobuf.Struct</c>: any object.</summary>
    Struct,

    /// <summary><c>google.protobuf.Value</c>: anything.</summary>
    Value,
}

/// <summary>A field of a message.</summary>
/// <param name="Name">Its name in camel case; snake case is read too.</param>
/// <param name="Kind">Its type.</param>
internal sealed record ProtoField(string Name, ProtoKind Kind)
{
    /// <summary>The message's name in <see cref="ProtoTable"/>, for <see cref="ProtoKind.Message"/>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The names of an enum's values.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>A list.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>A map from names.</summary>
    public bool IsMap { get; init; }

    /// <summary>Fields of one <c>oneof</c> exclude one another; null for none.</summary>
    public string? OneOf { get; init; }

    /// <summary>Only Vertex AI has it.</summary>
    public bool IsVertexOnly { get; init; }

    /// <summary>Only the Gemini API has it.</summary>
    public bool IsGeminiApiOnly { get; init; }

    /// <summary>The same as a list.</summary>
    public ProtoField Many => this with { IsRepeated = true };

    /// <summary>The same as a map.</summary>
    public ProtoField Map => this with { IsMap = true };

    /// <summary>The same for Vertex AI alone.</summary>
    public ProtoField VertexOnly => this with { IsVertexOnly = true };

    /// <summary>The same for the Gemini API alone.</summary>
    public ProtoField GeminiApiOnly => this with { IsGeminiApiOnly = true };

    /// <summary>The same as one of several.</summary>
    public ProtoField In(string oneOf) => this with { OneOf = oneOf };

    /// <summary>Whether a flavour has the field.</summary>
    public bool IsIn(ApiFlavour flavour) => flavour.IsVertex() ? !IsGeminiApiOnly : !IsVertexOnly;
}
