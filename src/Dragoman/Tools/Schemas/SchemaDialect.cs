namespace Dragoman.Tools;

/// <summary>
/// What one upstream accepts of JSON Schema. A dialect rewrites a tool's schema (JSON Schema 2020-12, with the older spellings that are still
/// about) so that the upstream takes it and the model still sees everything the author said: what has no keyword becomes text.
/// </summary>
internal abstract class SchemaDialect
{
    /// <summary>The subset that Ollama's native chat route keeps.</summary>
    public static SchemaDialect Ollama { get; } = new OllamaSchemaDialect();

    /// <summary>The subset that <c>parameters</c> and <c>responseSchema</c> of Gemini take, on Vertex AI and on the Gemini API alike.</summary>
    public static SchemaDialect Gemini { get; } = new GeminiSchemaDialect();

    /// <summary>What servers take that pass schemas on to the model, as OpenAI does: everything, in an object.</summary>
    public static SchemaDialect OpenAi { get; } = new OpenAiSchemaDialect();

    /// <summary>
    /// Rewrites a tool's input schema. Deterministic; accepts everything that the original accepts; a second rewrite changes nothing.
    /// Never throws: what is not a JSON Schema object becomes the schema of a tool without described parameters, with a note.
    /// </summary>
    /// <param name="schema">The schema as UTF-8 JSON.</param>
    public abstract RewrittenSchema Rewrite(ReadOnlyMemory<byte> schema);
}

/// <summary>A schema that an upstream accepts.</summary>
/// <param name="Json">The schema as compact UTF-8 JSON.</param>
/// <param name="Notes">What was approximated and where, one line each, for a person: <c>properties.a: pattern kept as text</c>.</param>
internal sealed record RewrittenSchema(ReadOnlyMemory<byte> Json, IReadOnlyList<string> Notes)
{
    /// <summary>
    /// What the top level says and <see cref="Json"/> has no place for, or null. It belongs at the end of the tool's own description;
    /// Ollama keeps no description of the parameters object.
    /// </summary>
    public string? Description { get; init; }

    /// <summary>The properties that have another name in <see cref="Json"/>; null when there are none.</summary>
    public PropertyNames? Names { get; init; }
}

/// <summary>Collects what a rewrite approximated, with the path where.</summary>
internal sealed class SchemaNotes
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line, once.</summary>
    public void Add(string path, string what)
    {
        var line = $"{(path.Length == 0 ? "top level" : path)}: {what}";
        if (!_lines.Contains(line, StringComparer.Ordinal))
            _lines.Add(line);
    }
}
