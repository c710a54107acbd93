namespace Dragoman;

/// <summary>The ranges of the settings: what is outside would otherwise fail later, far from the line that is wrong.</summary>
internal static class SettingsRules
{
    // No setting in seconds makes sense beyond a week, and timers take no more than 49 days.
    private const double MaxSeconds = 7 * 24 * 3600;

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ConfigException">One is out of its range; the message names it.</exception>
    public static void Check(DragomanOptions options)
    {
        if (options.Port is < 0 or > 65535) throw new ConfigException($"port: {options.Port} is not a port (0 to 65535; 0 takes a free one)");
        if (string.IsNullOrWhiteSpace(options.DefaultModel)) throw new ConfigException("defaultModel: a model's name is needed");
        CheckSeconds("firstEventGraceSeconds", options.FirstEventGraceSeconds, mayBeZero: true);
        CheckSeconds("pingIntervalSeconds", options.PingIntervalSeconds);
        CheckSeconds("idleTimeoutSeconds", options.IdleTimeoutSeconds);
        CheckSeconds("fetch.timeoutSeconds", options.Fetch.TimeoutSeconds);
        if (options.Fetch.MaxBytes < 1) throw new ConfigException($"fetch.maxBytes: {options.Fetch.MaxBytes} is less than 1");
    }

    /// <summary>Checks a time.</summary>
    /// <exception cref="ConfigException">It is out of its range; the message names it.</exception>
    public static void CheckSeconds(string name, double seconds, bool mayBeZero = false)
    {
        var longEnough = mayBeZero ? seconds >= 0 : seconds > 0;
        if (!longEnough || seconds > MaxSeconds) throw new ConfigException($"{name}: {seconds} is out of range (seconds, {(mayBeZero ? "0" : "more than 0")} to {MaxSeconds:N0})");
    }
}
