using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Anthropic;

/// <summary>JSON that is looked into on its way.</summary>
internal static class PassedJson
{
    // What an upstream or a client nests more deeply than this is an attack; the reader's own default of 64 is less than a tool's input may have.
    private const int MaxDepth = 512;

    /// <summary>A reader before the first token.</summary>
    public static Utf8JsonReader Reader(ReadOnlyMemory<byte> json) => new(json.Span, new JsonReaderOptions { MaxDepth = MaxDepth });

    /// <summary>A text as a JSON string.</summary>
    public static ReadOnlyMemory<byte> Quoted(string text) => (byte[])[(byte)'"', .. JsonText.From(text).Escaped.Span, (byte)'"'];
}
