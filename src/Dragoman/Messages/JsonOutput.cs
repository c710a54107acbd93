using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>How the gateway writes JSON: readable, as it is never embedded in HTML.</summary>
internal static class JsonOutput
{
    /// <summary>Options of every writer whose structure is fixed by our own code.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
