using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Providers.Anthropic;

/// <summary>The model's name in a request's body.</summary>
internal static class ModelName
{
    /// <summary>Replaces it.</summary>
    public static void Replace(BodyEdits edits, string model)
    {
        var json = new Utf8JsonReader(edits.Body.Span, new JsonReaderOptions { MaxDepth = 512 });
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = json.ValueTextEquals("model"u8);
            json.Read();
            if (isModel) edits.Replace((int)json.TokenStartIndex, (int)json.BytesConsumed, (byte[])[(byte)'"', .. JsonText.From(model).Escaped.Span, (byte)'"']);
            json.Skip();
        }
    }
}
