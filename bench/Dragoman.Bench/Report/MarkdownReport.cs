using System.Globalization;
using System.Text;
using Dragoman.Bench.Phases;

namespace Dragoman.Bench.Report;

/// <summary>The tables that people read: medians of all rounds, one row a gateway.</summary>
internal sealed class MarkdownReport(BenchSession bench, IReadOnlyDictionary<string, string> machine, string command)
{
    private const string Ours = "dragoman", Direct = "direct";

    private readonly StringBuilder _text = new();

    private delegate double Cell(string @case, string row);

    /// <summary>Writes them.</summary>
    public string Write()
    {
        _text.Clear();
        Head();
        foreach (var request in Cases(ThroughputPhase.Name).Where(name => name.Length > 0)) Throughput(ThroughputPhase.Name, request, $"Answers of 200 tokens, request {request}, {bench.Settings.Connections} connections");
        foreach (var request in Cases(AlonePhase.Name)) Added(AlonePhase.Name, request, $"One connection, request {request}: the whole answer, and what the row adds to the upstream's own time");
        foreach (var request in Cases(FirstTokenPhase.Name)) Added(FirstTokenPhase.Name, request, $"Time to the first token at a fixed rate of arrivals: {request}");
        foreach (var kind in Cases(AnswersPhase.Name)) Throughput(AnswersPhase.Name, kind, kind == "tool" ? "One tool call with 500 kB of input, 8 connections" : $"Answers of {kind} tokens, 8 connections");
        Across(SizesPhase.Name, "Size of the request: MB of request a second (2 connections)", "MB/s", "N1");
        Across(SizesPhase.Name, "Size of the request: CPU ms per answer", "CPU ms/answer", "N2");
        Across(ConcurrencyPhase.Name, "Connections at once, small request: answers/s", "answers/s", "N0");
        Across(ConcurrencyPhase.Name, "Connections at once: p99 of the whole answer, ms", "p99 ms", "N1");
        Across(ConcurrencyPhase.Name, "Connections at once: peak memory, MB", "peak MB", "N0");
        foreach (var @case in Cases(StreamsPhase.Name).Where(name => name != StreamsPhase.Saturation)) Streams(@case);
        Table(StartPhase.Name, "", "Start and memory", ("start to first answer, ms", Median(StartPhase.Name, "first answer ms"), "N0"), ("idle, MB", Median(StartPhase.Name, "idle MB"), "N0"), ("peak under throughput, MB", (_, row) => bench.Figures.Median(ThroughputPhase.Name, "", row, "peak MB"), "N0"));
        Allocations();
        Targets();
        return _text.ToString();
    }

    private void Head()
    {
        _text.Append('`').Append(command).AppendLine("`").AppendLine();
        _text.AppendLine("| machine | |").AppendLine("|---|---|");
        foreach (var (name, value) in machine) _text.Append("| ").Append(name).Append(" | ").Append(value).AppendLine(" |");
        _text.AppendLine().AppendLine("| row | how it runs |").AppendLine("|---|---|");
        foreach (var row in bench.Rows) _text.Append("| ").Append(row.Peer.Name).Append(" | ").Append(row.Peer.Note).AppendLine(" |");
        _text.AppendLine();
        foreach (var failure in bench.Failures) _text.Append("- ").AppendLine(failure);
        if (bench.Failures.Count > 0) _text.AppendLine();
    }

    private void Throughput(string phase, string @case, string title) => Table(
        phase,
        @case,
        title,
        ("answers/s", Median(phase, "answers/s"), "N0"),
        ("Dragoman is times", (name, row) => bench.Figures.Ratio(phase, name, Ours, row, "answers/s"), "N2"),
        ("CPU ms/answer", Median(phase, "CPU ms/answer"), "N3"),
        ("p50 ms", Median(phase, "p50 ms"), "N1"),
        ("p99 ms", Median(phase, "p99 ms"), "N1"),
        ("errors", Median(phase, "errors"), "N0"));

    private void Added(string phase, string @case, string title) => Table(
        phase,
        @case,
        title,
        ("p50 ms", Median(phase, "p50 ms"), "N2"),
        ("added", Above(phase, "p50 ms"), "N2"),
        ("p99 ms", Median(phase, "p99 ms"), "N2"),
        ("added", Above(phase, "p99 ms"), "N2"));

    private void Streams(string @case) => Table(
        StreamsPhase.Name,
        @case,
        $"Delay of a token: {@case}",
        ("tokens/s", Median(StreamsPhase.Name, "tokens/s"), "N0"),
        ("p50 ms", Median(StreamsPhase.Name, "p50 ms"), "N2"),
        ("p99 ms", Median(StreamsPhase.Name, "p99 ms"), "N2"),
        ("p99 added", Above(StreamsPhase.Name, "p99 ms"), "N2"),
        ("CPU µs/token", Median(StreamsPhase.Name, "CPU µs/token"), "N1"),
        ("peak MB", Median(StreamsPhase.Name, "peak MB"), "N0"));

    private void Across(string phase, string title, string metric, string format)
    {
        var cases = Cases(phase).Where(name => name.Length > 0).ToList();
        if (cases.Count == 0) return;
        Table(phase, "", title, [.. cases.Select(name => (name, (Cell)((_, row) => bench.Figures.Median(phase, name, row, metric)), format))]);
    }

    private void Allocations()
    {
        var cases = Cases(AllocationsPhase.Name);
        if (cases.Count == 0) return;
        _text.AppendLine("### Allocations of Dragoman").AppendLine().AppendLine("| | bytes |").AppendLine("|---|---|");
        foreach (var figure in bench.Figures.All.Where(figure => figure.Phase == AllocationsPhase.Name)) _text.Append(CultureInfo.InvariantCulture, $"| {figure.Case} | {figure.Value:N0} |").AppendLine();
        _text.AppendLine();
    }

    private void Targets()
    {
        var targets = Report.Targets.Of(bench.Figures).Where(target => !double.IsNaN(target.Value)).ToList();
        if (targets.Count == 0) return;
        _text.AppendLine("### Targets").AppendLine().AppendLine("| target | measured | wanted | |").AppendLine("|---|---|---|---|");
        foreach (var target in targets) _text.Append(CultureInfo.InvariantCulture, $"| {target.What} | {target.Value:N2} | {(target.AtLeast ? "at least" : "less than")} {target.Limit} | {(target.IsMet ? "met" : "missed")} |").AppendLine();
        _text.AppendLine();
    }

    private List<string> Cases(string phase) => [.. bench.Figures.All.Where(figure => figure.Phase == phase).Select(figure => figure.Case).Distinct(StringComparer.Ordinal)];

    private Cell Median(string phase, string metric) => (@case, row) => bench.Figures.Median(phase, @case, row, metric);

    private Cell Above(string phase, string metric) => (@case, row) => row == Direct ? double.NaN : bench.Figures.Median(phase, @case, row, metric) - bench.Figures.Median(phase, @case, Direct, metric);

    private void Table(string phase, string @case, string title, params (string Header, Cell Value, string Format)[] columns)
    {
        var rows = bench.Rows.Where(row => bench.Figures.All.Any(figure => figure.Phase == phase && figure.Row == row.Peer.Key)).ToList();
        if (rows.Count == 0) return;
        _text.Append("### ").AppendLine(title).AppendLine();
        _text.Append("| |").AppendJoin('|', columns.Select(column => $" {column.Header} ")).AppendLine("|");
        _text.Append("|---|").AppendJoin('|', columns.Select(_ => "--:")).AppendLine("|");
        foreach (var row in rows)
        {
            var cells = columns.Select(column => column.Value(@case, row.Peer.Key) is var value && double.IsFinite(value) ? $" {value.ToString(column.Format, CultureInfo.InvariantCulture)} " : " - ");
            _text.Append("| ").Append(row.Peer.Name).Append(" |").AppendJoin('|', cells).AppendLine("|");
        }

        _text.AppendLine();
    }
}
