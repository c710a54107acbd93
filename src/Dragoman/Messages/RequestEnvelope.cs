using System.Text.Json;
using System.Text.Unicode;

namespace Dragoman.Messages;

/// <summary>The little of a request that is needed to pass it on to an upstream that speaks the same language.</summary>
internal static class RequestEnvelope
{
    // Of our own making: the upstream has its own limit.
    private const int MaxDepth = 512;

    /// <summary>Reads model and stream; null when the body is no JSON object with a model.</summary>
    public static MessagesRequest? Read(ReadOnlyMemory<byte> body, InvalidRequestException fault)
    {
        if (!Utf8.IsValid(body.Span)) return null;
        string? model = null;
        var stream = false;
        try
        {
            var json = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject) return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isModel = json.ValueTextEquals("model"u8);
                var isStream = json.ValueTextEquals("stream"u8);
                json.Read();
                if (isModel) model = json.TokenType == JsonTokenType.String ? json.GetString() : null;
                if (isStream) stream = json.TokenType == JsonTokenType.True;
                json.Skip();
            }

            json.Read();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Malformed, or a model's name with half a surrogate pair: the fault that was found first says it better.
            return null;
        }

        return model is null ? null : new MessagesRequest { Body = body, Model = model, Messages = [], Stream = stream, Fault = fault };
    }
}
