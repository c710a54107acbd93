using System.Globalization;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Telemetry;

namespace Dragoman.Http;

/// <summary><c>GET /dragoman/sessions/{id}</c>: what answered last in a client's session, and what the session has cost.</summary>
internal static class SessionsEndpoint
{
    /// <summary>The last answers, the newest first. A session that is not known has none: that is no error, as a status line asks before the first answer.</summary>
    public static async Task GetAsync(HttpContext http, SessionLog sessions, ModelCatalog catalog)
    {
        var (answers, cost) = sessions.Of(ClientSession.Short((string?)http.Request.RouteValues["id"]) ?? "");
        var contexts = new List<int?>();
        foreach (var answer in answers) contexts.Add((await catalog.ListAsync(answer.Target.Provider, http.RequestAborted)).Find(answer.Target.Model)?.MaxInputTokens);
        await JsonReply.SendAsync(http, 200, json =>
        {
            json.WriteStartArray("answers"u8);
            for (var i = 0; i < answers.Count; i++)
            {
                var answer = answers[i];
                json.WriteStartObject();
                json.WriteString("model"u8, answer.ClientModel);
                json.WriteString("target"u8, answer.Target.ToString());
                json.WriteString("at"u8, answer.At.ToString("O", CultureInfo.InvariantCulture));
                json.WriteNumber("input_tokens"u8, answer.InputTokens);
                json.WriteNumber("output_tokens"u8, answer.OutputTokens);
                if (contexts[i] is { } context) json.WriteNumber("context_tokens"u8, context);
                if (answer.TokensPerSecond is { } speed) json.WriteNumber("tokens_per_second"u8, Math.Round(speed, 1));
                if (answer.CachedShare is { } share) json.WriteNumber("cached_share"u8, Math.Round(share, 3));
                if (answer.TimeToFirstToken is { } first) json.WriteNumber("first_token_milliseconds"u8, Math.Round(first.TotalMilliseconds));
                WriteCost(json, answer.Cost);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteCost(json, cost.Sum);
            if (cost is { Sum: > 0, IsPartial: true }) json.WriteBoolean("cost_is_partial"u8, value: true);
            if (cost.IsOfClient) json.WriteBoolean("client_knows_cost"u8, value: true);
        });
    }

    // What costs nothing has no figure, as what is not known has none.
    private static void WriteCost(Utf8JsonWriter json, decimal? dollars)
    {
        // Less than any price of a token.
        const int decimals = 10;
        if (dollars is > 0 and { } amount) json.WriteNumber("cost_usd"u8, Math.Round(amount, decimals));
    }
}
