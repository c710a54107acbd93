namespace Dragoman.Cli.Launch;

/// <summary>A program that can use the gateway: a row of <see cref="Clients"/>.</summary>
/// <param name="Name">What people write after <c>dragoman launch</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Executable">Its file, without the endings of Windows.</param>
internal sealed record Client(string Name, string Title, string Executable)
{
    /// <summary>Folders where its installers put it besides those of PATH; <c>~</c> is the home.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>The command that installs it, for this system.</summary>
    public required string Install { get; init; }

    /// <summary>The oldest version that was tried with the gateway; null when that is not known.</summary>
    public Version? OldestTried { get; init; }

    /// <summary>Arguments that stand before the person's own, which are given: what can't be said in the environment.</summary>
    public Func<ServedModels, IReadOnlyList<string>, IReadOnlyList<string>> Arguments { get; init; } = static (_, _) => [];

    /// <summary>What it must find in its environment to use the gateway.</summary>
    public required Func<ServedModels, ClientEnvironment> Environment { get; init; }
}
