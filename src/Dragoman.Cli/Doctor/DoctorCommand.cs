using System.CommandLine;
using Spectre.Console;

namespace Dragoman.Cli.Doctor;

/// <summary><c>dragoman doctor</c>: looks at the configuration, the upstreams and the machine, and says what to do where something is wrong.</summary>
internal static class DoctorCommand
{
    // In the order in which they are told: what stands above may explain what follows.
    private static readonly DoctorCheck[] Checks =
    [
        MachineChecks.PortAsync,
        MachineChecks.ProxyAsync,
        ProviderChecks.ReachableAsync,
        ProviderChecks.VersionsAsync,
        ModelChecks.ThereAsync,
        ModelChecks.AgentAsync,
        ProviderChecks.AuthenticatedAsync,
        ProviderChecks.MemoryAsync,
        MachineChecks.ClockAsync,
        MachineChecks.ClientsAsync,
    ];

    private static readonly DoctorCheck[] Deep = [DeepChecks.AnswersAsync, DeepChecks.CallsToolsAsync, DeepChecks.ThinksAsync, DeepChecks.TiersCallToolsAsync];

    /// <summary>
    /// Adds the command. It takes the options of <c>serve</c>, so that it looks at what would be served. Exit codes: 0 it works (there may be warnings),
    /// 1 something doesn't, 2 the settings are wrong.
    /// </summary>
    public static void AddTo(RootCommand root)
    {
        var deep = new Option<bool>("--deep") { Description = "Also have the default model answer, call a tool and think, and those of the tiers call one" };
        var asJson = new Option<bool>("--json") { Description = "Print JSON" };
        var options = new ServeOptions();
        var doctor = new Command("doctor", "Check the configuration, every provider and this machine") { deep, asJson };
        options.AddTo(doctor);
        doctor.SetAction((parsed, cancellationToken) => Interruption.HeedAsync(async stop =>
        {
            var findings = new List<DoctorFinding>();
            var exit = await ExamineAsync(() => Discovering.ReadAsync(options, parsed, stop), parsed.GetValue(deep), parsed.GetValue(asJson) ? findings.Add : Print, stop);
            if (parsed.GetValue(asJson)) PrintJson(findings, exit);
            return exit;
        }, cancellationToken));
        root.Add(doctor);
    }

    private static async Task<int> ExamineAsync(Func<Task<DragomanOptions>> read, bool deep, Action<DoctorFinding> take, CancellationToken cancellationToken)
    {
        try
        {
            var exit = ExitCodes.Good;
            await foreach (var finding in DoctorPatient.ExamineAsync(await read(), deep ? [.. Checks, .. Deep] : Checks, cancellationToken))
            {
                take(finding);
                if (finding.Level == FindingLevel.Wrong) exit = ExitCodes.Failed;
            }

            return exit;
        }
        catch (ConfigException wrong)
        {
            // A finding, too: with --json they are all in one place.
            foreach (var problem in wrong.Problems) take(DoctorFinding.Wrong("configuration", problem));
            return ExitCodes.Wrong;
        }
    }

    private static void Print(DoctorFinding finding)
    {
        var mark = finding.Level switch { FindingLevel.Good => "[green]ok[/]   ", FindingLevel.Warning => "[yellow]warn[/] ", _ => "[red]wrong[/]" };
        AnsiConsole.MarkupLine($"{mark} {finding.Subject.EscapeMarkup()}: {finding.Message.EscapeMarkup()}");
        if (finding.Fix is { } fix) AnsiConsole.MarkupLine($"      -> {fix.EscapeMarkup()}");
    }

    private static void PrintJson(IReadOnlyList<DoctorFinding> findings, int exit) => PrintedJson.Write(json =>
    {
        json.WriteBoolean("ok", exit == 0);
        json.WriteList("findings", findings, static (json, finding) =>
        {
            json.WriteString("level", finding.Level switch { FindingLevel.Good => "ok", FindingLevel.Warning => "warn", _ => "wrong" });
            json.WriteString("subject", finding.Subject);
            json.WriteString("message", finding.Message);
            if (finding.Fix is { } fix) json.WriteString("fix", fix);
        });
    });
}
