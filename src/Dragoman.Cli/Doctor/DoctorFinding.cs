namespace Dragoman.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    /// <summary>All is well.</summary>
    Good,

    /// <summary>It works, but not as it should.</summary>
    Warning,

    /// <summary>It doesn't work.</summary>
    Wrong,
}

/// <summary>What a check has found.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Subject">What was checked: <c>port</c>, <c>ollama</c>, <c>ollama/qwen3:8b</c>.</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">What to do; null when nothing needs to be done, or when the message says it.</param>
internal sealed record DoctorFinding(FindingLevel Level, string Subject, string Message, string? Fix = null)
{
    /// <summary>All is well.</summary>
    public static DoctorFinding Good(string subject, string message) => new(FindingLevel.Good, subject, message);

    /// <summary>It works, but not as it should.</summary>
    public static DoctorFinding Warning(string subject, string message, string? fix = null) => new(FindingLevel.Warning, subject, message, fix);

    /// <summary>It doesn't work.</summary>
    public static DoctorFinding Wrong(string subject, string message, string? fix = null) => new(FindingLevel.Wrong, subject, message, fix);
}
