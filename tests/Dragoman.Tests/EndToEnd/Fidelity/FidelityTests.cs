using System.Text;
using Dragoman.Tests.EndToEnd.Apis;
using Dragoman.Tests.Providers;

namespace Dragoman.Tests.EndToEnd.Fidelity;

/// <summary>
/// The fidelity score of docs/fidelity.md: each thing that gateways are known to lose, with each API, computed anew and compared with the page.
/// <c>DRAGOMAN_ACCEPT=1</c> rewrites the page.
/// </summary>
public sealed class FidelityTests(ITestOutputHelper output)
{
    private const string Begin = "<!-- the tables are written by FidelityTests -->";

    [Fact]
    public async Task Everything_survives_or_is_named_and_the_page_says_so()
    {
        var evidence = new List<Evidence>();
        foreach (var api in UpstreamApis.All) evidence.Add(await FidelityWorld.LookAsync(api));
        var tables = new StringBuilder();
        var verdicts = evidence.ToDictionary(seen => seen.Api.Name, _ => new List<Verdict>(), StringComparer.Ordinal);
        foreach (var (title, checks) in ((string, IReadOnlyList<FidelityCheck>)[])[("The request", RequestChecks.All), ("The answer", AnswerChecks.Stream), ("Errors and counts", AnswerChecks.Errors)])
        {
            Add(tables, title, checks, evidence, verdicts);
        }

        var score = Score(verdicts);
        output.WriteLine(score);
        var page = Path.Combine(CaseFolder.Root, "docs", "fidelity.md");
        var text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        var now = text[..text.IndexOf(Begin, StringComparison.Ordinal)] + Begin + "\n\n## Score\n\n" + score + tables;
        if (CaseFolder.Accepts) await File.WriteAllTextAsync(page, now, TestContext.Current.CancellationToken);
        else Assert.Equal(text, now);
        Assert.DoesNotContain(verdicts.Values.SelectMany(all => all), verdict => verdict.Outcome == Outcome.Wrong);
        // Nothing is approximated that has no row.
        Assert.All(evidence, seen => Assert.All(seen.Degraded, word => Assert.Contains(word, tables.ToString(), StringComparison.Ordinal)));
    }

    private static void Add(StringBuilder tables, string title, IReadOnlyList<FidelityCheck> checks, List<Evidence> evidence, Dictionary<string, List<Verdict>> verdicts)
    {
        tables.Append("\n## ").Append(title).Append("\n\n| what | what must be so | ").AppendJoin(" | ", evidence.Select(seen => seen.Api.Name)).Append(" |\n|---|---|").Insert(tables.Length, "---|", evidence.Count).Append('\n');
        foreach (var check in checks)
        {
            tables.Append("| ").Append(check.Name).Append(" | ").Append(check.Must).Append(" |");
            foreach (var seen in evidence)
            {
                var verdict = Judge(check, seen);
                verdicts[seen.Api.Name].Add(verdict);
                tables.Append(' ').Append(verdict).Append(" |");
            }

            tables.Append('\n');
        }
    }

    // A view that lacks what a check looks for is as wrong as one that has something else there.
    private static Verdict Judge(FidelityCheck check, Evidence seen)
    {
        try
        {
            return check.Judge(seen);
        }
        catch (Exception missing) when (missing is InvalidOperationException or KeyNotFoundException or ArgumentException or System.Text.Json.JsonException)
        {
            return new Verdict(Outcome.Wrong, missing.Message.ReplaceLineEndings(" "));
        }
    }

    private static string Score(Dictionary<string, List<Verdict>> verdicts)
    {
        var table = new StringBuilder("| | right | named | does not apply | wrong |\n|---|---|---|---|---|\n");
        foreach (var (name, all) in verdicts)
        {
            table.Append("| ").Append(name);
            foreach (var outcome in (Outcome[])[Outcome.Right, Outcome.Named, Outcome.NotApplicable, Outcome.Wrong]) table.Append(" | ").Append(all.Count(verdict => verdict.Outcome == outcome));
            table.Append(" |\n");
        }

        return table.ToString();
    }
}
