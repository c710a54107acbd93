namespace Dragoman;

/// <summary>The configuration is wrong; the message says where and what to write instead.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>One thing is wrong.</summary>
    public ConfigException(string message)
        : this([message])
    {
    }

    /// <summary>Everything that is wrong, each in a sentence; the message has a line for each.</summary>
    public ConfigException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>What is wrong, one sentence a problem.</summary>
    public IReadOnlyList<string> Problems { get; }
}
