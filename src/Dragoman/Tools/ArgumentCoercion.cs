using System.Text.Json;

namespace Dragoman.Tools;

/// <summary>Arguments after coercion.</summary>
/// <param name="Json">The arguments; the very same memory when nothing was changed.</param>
/// <param name="Changes">What was changed and where, without the values: <c>limit: string to number</c>.</param>
internal sealed record CoercedArguments(ReadOnlyMemory<byte> Json, IReadOnlyList<string> Changes);

/// <summary>
/// Fits a tool call's arguments to the tool's JSON Schema where that loses nothing. Small models write <c>"3"</c> for 3, a single value for a list,
/// a list as JSON text, or null for "not given"; clients refuse such a call and the model starts over. A value that fits is never touched, and
/// one that cannot be fitted without a guess stays as it is, so that the client's own check tells the model.
/// </summary>
internal static class ArgumentCoercion
{
    /// <summary>Coerces <paramref name="arguments"/> (a JSON object) to <paramref name="schema"/>. Bad JSON on either side leaves everything as it is.</summary>
    public static CoercedArguments Coerce(ReadOnlyMemory<byte> arguments, ReadOnlyMemory<byte> schema)
    {
        try
        {
            using var given = JsonDocument.Parse(arguments);
            using var wanted = JsonDocument.Parse(schema);
            if (given.RootElement.ValueKind == JsonValueKind.Object)
            {
                var walk = new ArgumentCoercionWalk(new ArgumentSchemas(wanted.RootElement));
                if (walk.Coerce(given.RootElement, wanted.RootElement, path: "", depth: 0) is { } coerced)
                    return new(JsonBytes.Of(coerced).ToArray(), walk.Changes);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or SchemaTooComplexException)
        {
            // Not JSON, a string that is not Unicode (InvalidOperationException), or too much to look at: the client gets what the model wrote.
        }

        return new(arguments, []);
    }
}

/// <summary>A schema asks for more steps than any real tool does.</summary>
internal sealed class SchemaTooComplexException : Exception
{
    public SchemaTooComplexException()
        : base("The schema is too complex to coerce arguments to.")
    {
    }
}
