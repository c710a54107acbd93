using System.Text.Json;
using Dragoman.Tests.EndToEnd.Apis;

namespace Dragoman.Tests.EndToEnd.Fidelity;

/// <summary>How well one thing survives the way through the gateway.</summary>
internal enum Outcome
{
    /// <summary>It is as the client meant it.</summary>
    Right,

    /// <summary>It is as near as the upstream can come, and the client is told.</summary>
    Named,

    /// <summary>The upstream's API has nothing of the kind.</summary>
    NotApplicable,

    /// <summary>It is lost or changed, and nobody is told.</summary>
    Wrong,
}

/// <summary>The outcome of a check for one API.</summary>
/// <param name="Outcome">How well.</param>
/// <param name="Words">The word by which the client is told, or what is wrong.</param>
internal readonly record struct Verdict(Outcome Outcome, string Words = "")
{
    /// <summary>A cell of the table.</summary>
    public override string ToString() => Outcome switch
    {
        Outcome.Right => "right",
        Outcome.Named => $"`{Words}`",
        Outcome.NotApplicable => "-",
        _ => $"**wrong**: {Words}",
    };
}

/// <summary>A row of the table.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Must">What must be so.</param>
/// <param name="Judge">Looks at what was seen with one API.</param>
internal sealed record FidelityCheck(string Name, string Must, Func<Evidence, Verdict> Judge)
{
    // The words that say that nothing of it arrives.
    private static readonly string[] Losses = ["dropped", "ignored", "notice"];

    /// <summary>A field's value stands where each API has its place: paths of names and indices, with dots. An API without a path has no such field.</summary>
    /// <param name="name">What it is about.</param>
    /// <param name="must">What must be so.</param>
    /// <param name="value">The raw JSON that must stand there, or its beginning.</param>
    /// <param name="named">The field's name in <c>x-dragoman-degraded</c>.</param>
    /// <param name="ollama">Where Ollama has it; after a <c>=</c> the value, where that differs. So are the others.</param>
    /// <param name="gemini">Where Gemini has it.</param>
    /// <param name="chat">Where OpenAI's older API has it.</param>
    /// <param name="responses">Where OpenAI's newer API has it.</param>
    /// <param name="anthropic">Where Anthropic has it.</param>
    public static FidelityCheck Field(
        string name, string must, string value, string named, string? ollama = null, string? gemini = null, string? chat = null, string? responses = null, string? anthropic = null) => new(name, must, seen =>
    {
        if (seen.Told(named) is { } told) return told;
        string?[] places = [ollama, gemini, chat, responses, anthropic];
        var place = places[UpstreamApis.All.Index().Single(row => row.Item == seen.Api).Index];
        if (place is null) return new Verdict(Outcome.NotApplicable);
        var parts = place.Split('=', 2);
        var wanted = parts.Length > 1 ? parts[1] : value;
        var found = seen.At(parts[0]);
        return found?.StartsWith(wanted, StringComparison.Ordinal) == true ? new Verdict(Outcome.Right) : new Verdict(Outcome.Wrong, $"{parts[0]} is {found ?? "not there"}");
    });

    /// <summary>Pieces of text reach the model, wherever they stand; also where it is named that they take another form.</summary>
    public static FidelityCheck Pieces(string name, string must, string named, params string[] pieces) => new(name, must, seen =>
    {
        var told = seen.Told(named);
        if (told is { } loss && Array.Exists(Losses, word => loss.Words.Contains("=" + word, StringComparison.Ordinal))) return loss;
        return Array.Find(pieces, piece => !seen.Body.Contains(piece, StringComparison.Ordinal)) is { } lost ? new Verdict(Outcome.Wrong, $"{lost} is lost") : told ?? new Verdict(Outcome.Right);
    });

    /// <summary>Something that is either so or not.</summary>
    public static FidelityCheck Fact(string name, string must, Func<Evidence, bool> holds, string? named = null) => new(name, must, seen =>
        (named is null ? null : seen.Told(named)) ?? (holds(seen) ? new Verdict(Outcome.Right) : new Verdict(Outcome.Wrong, "it is not so")));

    /// <summary>Something that only some APIs have.</summary>
    public static FidelityCheck FactFor(Func<UpstreamApi, bool> applies, string name, string must, Func<Evidence, bool> holds) => new(name, must, seen =>
        applies(seen.Api) ? holds(seen) ? new Verdict(Outcome.Right) : new Verdict(Outcome.Wrong, "it is not so") : new Verdict(Outcome.NotApplicable));
}

/// <summary>What was seen of one API: the request that reached it, and what the client saw of its answers.</summary>
internal sealed class Evidence(UpstreamApi api)
{
    /// <summary>The API.</summary>
    public UpstreamApi Api { get; } = api;

    /// <summary>The dense request as it reached the upstream.</summary>
    public required string Body { get; init; }

    /// <summary>The names of what was approximated.</summary>
    public required IReadOnlyList<string> Degraded { get; init; }

    /// <summary>The status of the answer to the dense request: a simulated upstream refuses what the real one refuses.</summary>
    public required int Status { get; init; }

    /// <summary>The answer to the dense request.</summary>
    public required string Answer { get; init; }

    /// <summary>The client's view of scripted answers, by name.</summary>
    public required IReadOnlyDictionary<string, ClientView> Views { get; init; }

    /// <summary>How the approximation is named; null when it is none. A field may go by several names, separated by a bar.</summary>
    public Verdict? Told(string fields)
    {
        var words = Degraded.Where(word => fields.Split('|').Any(field => word.StartsWith(field + "=", StringComparison.Ordinal))).ToList();
        return words.Count == 0 ? null : new Verdict(Outcome.Named, string.Join("`, `", words));
    }

    /// <summary>The raw JSON at a path of the request; null: nothing is there.</summary>
    public string? At(string path)
    {
        var at = JsonElement.Parse(Body);
        foreach (var step in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index < at.GetArrayLength()) at = at[index];
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at)) return null;
        }

        return at.ValueKind == JsonValueKind.Object ? "{}" : at.GetRawText();
    }

    /// <summary>These pieces stand in this order in the request.</summary>
    public bool InOrder(params string[] pieces)
    {
        var at = 0;
        foreach (var piece in pieces)
        {
            at = Body.IndexOf(piece, at, StringComparison.Ordinal);
            if (at < 0) return false;
        }

        return true;
    }
}

/// <summary>What a client saw of one answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="RetryAfter">Seconds after which to come back.</param>
/// <param name="Text">The body.</param>
/// <param name="Path">The address that the gateway asked the upstream at.</param>
/// <param name="Sent">What the upstream got for it.</param>
internal sealed record ClientView(int Status, double? RetryAfter, string Text, string Path, string Sent)
{
    /// <summary>The stream's events.</summary>
    public IReadOnlyList<SseEvent> Events { get; } = Text.StartsWith("event:", StringComparison.Ordinal) || Text.StartsWith(':') ? ApiGateway.Events(Text) : [];

    /// <summary>The body of an answer that is no stream.</summary>
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The deltas of a block.</summary>
    public IEnumerable<SseEvent> Block(int index) => Events.Where(step => step.Data.TryGetProperty("index", out var at) && at.GetInt32() == index);

    /// <summary>The types of the blocks.</summary>
    public IReadOnlyList<string> BlockTypes => [.. Events.Where(step => step.Type == "content_block_start").Select(step => step.Data.GetProperty("content_block").GetProperty("type").GetString()!)];
}
