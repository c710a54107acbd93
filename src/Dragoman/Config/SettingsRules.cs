namespace Dragoman;

/// <summary>The ranges of the settings, wherever they come from: what is outside would otherwise fail later, far from the line that is wrong.</summary>
internal static class SettingsRules
{
    // No setting in seconds makes sense beyond a week, and timers take no more than 49 days.
    private const double MaxSeconds = 7 * 24 * 3600;

    // Far more than an upstream that is worth it needs, and the waits double.
    private const int MaxAttempts = 20;

    /// <summary>Checks all settings.</summary>
    public static void Check(DragomanOptions options, ConfigProblems problems)
    {
        if (options.Port is < 0 or > 65535) problems.Add("port", $"{options.Port} is not a port (0 to 65535; 0 takes a free one)");
        if (string.IsNullOrWhiteSpace(options.DefaultModel)) problems.Add("defaultModel", "a model's name is needed");
        CheckSeconds(problems, "firstEventGraceSeconds", options.FirstEventGraceSeconds, mayBeZero: true);
        CheckSeconds(problems, "pingIntervalSeconds", options.PingIntervalSeconds);
        CheckSeconds(problems, "idleTimeoutSeconds", options.IdleTimeoutSeconds);
        CheckSeconds(problems, "fetch.timeoutSeconds", options.Fetch.TimeoutSeconds);
        if (options.Retries.Attempts is < 1 or > MaxAttempts) problems.Add("retries.attempts", $"{options.Retries.Attempts} is out of range (1 to {MaxAttempts}; 1 repeats nothing)");
        CheckSeconds(problems, "retries.totalSeconds", options.Retries.TotalSeconds, mayBeZero: true);
        CheckSeconds(problems, "retries.longestWaitSeconds", options.Retries.LongestWaitSeconds, mayBeZero: true);
        if (options.Fetch.MaxBytes < 1) problems.Add("fetch.maxBytes", $"{options.Fetch.MaxBytes} is less than 1");
    }

    /// <summary>Checks a time of a provider's section.</summary>
    /// <exception cref="ConfigException">It is out of its range; the message names it.</exception>
    public static void CheckSeconds(string name, double seconds)
    {
        var problems = new ConfigProblems();
        CheckSeconds(problems, name, seconds);
        problems.ThrowIfAny();
    }

    private static void CheckSeconds(ConfigProblems problems, string name, double seconds, bool mayBeZero = false)
    {
        var longEnough = mayBeZero ? seconds >= 0 : seconds > 0;
        if (!longEnough || seconds > MaxSeconds) problems.Add(name, $"{seconds} is out of range (seconds, {(mayBeZero ? "0" : "more than 0")} to {MaxSeconds:N0})");
    }
}
