using Dragoman.Messages;
using Dragoman.Tools;

namespace Dragoman.Providers.Gemini.Request;

/// <summary>Schemas of tools and answers in the form that Gemini takes.</summary>
internal static class GeminiSchemas
{
    private static readonly SchemaCache Tools = new(SchemaDialect.Gemini.Rewrite);

    private static readonly SchemaCache Answers = new(GeminiSchemaDialect.RewriteAnswer);

    /// <summary>A tool's <c>parameters</c>.</summary>
    public static RewrittenSchema OfTool(Tool tool) => Tools.Rewrite(tool.InputSchema);

    /// <summary>An answer's <c>responseSchema</c>.</summary>
    public static RewrittenSchema OfAnswer(ReadOnlyMemory<byte> schema) => Answers.Rewrite(schema);
}
