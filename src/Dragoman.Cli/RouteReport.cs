using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Routing;
using Dragoman.Telemetry;
using Route = Dragoman.Routing.Route;

namespace Dragoman.Cli;

/// <summary>What <c>dragoman route</c> prints.</summary>
internal static class RouteReport
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The decision step by step, then the upstream body.</summary>
    public static string Text(Explanation explanation)
    {
        var text = new StringBuilder();
        var name = ModelName.Clean(explanation.Request.Model);
        Line(text, "asked", name == explanation.Request.Model ? name : $"{explanation.Request.Model}, which is {name}");
        Line(text, "by name", $"{explanation.ByName.Reason}: {string.Join(", ", explanation.ByName.Targets)}");
        if (!explanation.RolesConcern) Line(text, "roles", explanation.Roles.All(step => step.Verdict is null) ? "none in the configuration" : "not looked at: the name is none of Claude's, or has a provider");
        else foreach (var step in explanation.Roles.Where(step => step.Verdict is not null)) Line(text, $"role {step.Role}", $"{(step.Verdict!.Value.Takes ? "yes" : "no")}: {step.Verdict.Value.Why}");
        Line(text, "route", explanation.Route.Reason);
        if (explanation.Route.Affinity is { } affinity) Line(text, "kept by", affinity.Source);
        for (var i = 0; i < explanation.Targets.Count; i++)
        {
            var (target, context) = explanation.Targets[i];
            Line(text, i == 0 ? "target" : "then", context is { } tokens ? string.Create(CultureInfo.InvariantCulture, $"{target}, context {tokens:N0} tokens") : $"{target}, context not known");
        }

        if (explanation.Degraded.Count > 0) Line(text, "degraded", string.Join(", ", explanation.Degraded));
        if (explanation.Error is not null) Line(text, "refused", explanation.Error);
        else if (explanation.Body.IsEmpty) Line(text, "body", "none: this provider asks nobody");
        else text.Append("body, not sent:\n").Append(Written(json => VerboseBody.WriteFull(json, explanation.Body.Span))).Append('\n');
        return text.ToString();
    }

    /// <summary>All of it as one JSON object.</summary>
    public static string Json(Explanation explanation) => Written(json =>
    {
        json.WriteStartObject();
        json.WriteString("model"u8, explanation.Request.Model);
        json.WriteString("name"u8, ModelName.Clean(explanation.Request.Model));
        WriteRoute(json, "byName", explanation.ByName);
        json.WriteBoolean("rolesConcern"u8, explanation.RolesConcern);
        json.WriteStartArray("roles"u8);
        foreach (var step in explanation.Roles)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, step.Role);
            json.WriteBoolean("configured"u8, step.Verdict is not null);
            if (step.Verdict is { } verdict)
            {
                json.WriteBoolean("takes"u8, verdict.Takes);
                json.WriteString("why"u8, verdict.Why);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteRoute(json, "route", explanation.Route);
        WriteTargets(json, explanation);
        json.WriteStartArray("degraded"u8);
        foreach (var field in explanation.Degraded) json.WriteStringValue(field);
        json.WriteEndArray();
        json.WriteString("error"u8, explanation.Error);
        json.WritePropertyName("body"u8);
        if (explanation.Body.IsEmpty) json.WriteNullValue();
        else VerboseBody.WriteFull(json, explanation.Body.Span);
        json.WriteEndObject();
    });

    private static void WriteRoute(Utf8JsonWriter json, string name, Route route)
    {
        json.WriteStartObject(name);
        json.WriteString("reason"u8, route.Reason);
        json.WriteString("role"u8, route.Role);
        json.WriteString("keptBy"u8, route.Affinity?.Source);
        json.WriteStartArray("targets"u8);
        foreach (var target in route.Targets) json.WriteStringValue(target.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTargets(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartArray("targets"u8);
        foreach (var (target, context) in explanation.Targets)
        {
            json.WriteStartObject();
            json.WriteString("provider"u8, target.Provider);
            json.WriteString("model"u8, target.Model);
            if (context is { } tokens) json.WriteNumber("contextTokens"u8, tokens);
            else json.WriteNull("contextTokens"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented)) write(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Line(StringBuilder text, string head, string value) => text.Append(CultureInfo.InvariantCulture, $"{head,-16} {value}\n");
}
