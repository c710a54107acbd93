using System.Globalization;
using Dragoman.Providers;

namespace Dragoman.Discovery;

/// <summary>What discovery may look at: the environment, files of Google's tools, the machine's memory.</summary>
/// <param name="Variable">An environment variable; null when it isn't set or empty.</param>
/// <param name="GoogleCredentialsFile">The credentials that Google's libraries would take; null when there are none.</param>
/// <param name="MemoryAsync">The machine's memory.</param>
internal sealed record Surroundings(Func<string, string?> Variable, string? GoogleCredentialsFile, Func<CancellationToken, Task<MachineMemory>> MemoryAsync)
{
    /// <summary>Addresses to look at instead of the usual ports, separated by commas; <c>none</c> looks at none.</summary>
    public const string ServersVariable = "DRAGOMAN_SERVERS";

    /// <summary>How long a server may take to answer, in seconds; 0 switches discovery off.</summary>
    public const string SecondsVariable = "DRAGOMAN_DISCOVERY_SECONDS";

    /// <summary>This machine's.</summary>
    public static Surroundings OfMachine { get; } = new(
        name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        ProviderList.GoogleCredentialsFile,
        MachineMemory.AskAsync);

    /// <summary>
    /// The same for somebody who looks again and again, without keys and credentials of services: only what runs on this machine, or where a person says that a server is. The
    /// memory, which takes a program to ask, is asked once.
    /// </summary>
    public Surroundings WithoutServices()
    {
        var (variable, ask) = (Variable, MemoryAsync);
        Task<MachineMemory>? memory = null;
        return this with
        {
            Variable = name => Sources.Services.Any(service => service.Variables.Contains(name, StringComparer.Ordinal)) ? null : variable(name),
            GoogleCredentialsFile = null,
            MemoryAsync = cancellationToken => memory ??= ask(cancellationToken),
        };
    }

    /// <summary>How long a server may take to answer.</summary>
    /// <exception cref="ConfigException">The variable is no number.</exception>
    public TimeSpan Limit
    {
        get
        {
            // A program that runs on this machine answers at once, and nobody wants to wait for those that don't.
            const double usual = 1;
            const double most = 60;
            if (Variable(SecondsVariable) is not { } text) return TimeSpan.FromSeconds(usual);
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= most
                ? TimeSpan.FromSeconds(seconds)
                : throw new ConfigException($"{SecondsVariable}: '{text}' is not a number of seconds (0 to {most})");
        }
    }

    /// <summary>Where programs that speak OpenAI's API may listen.</summary>
    public IReadOnlyList<Uri> Addresses()
    {
        var given = Variable(ServersVariable);
        if (given == "none") return [];
        var texts = given?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? Sources.Servers.Where(server => server.Type != Sources.OllamaName).Select(server => server.Address!);
        return [.. texts.Select(Address).Distinct()];
    }

    /// <summary>Whether an address, in any of the forms that Ollama takes (<c>host</c>, <c>host:port</c>, <c>:port</c>, a URL), is of this machine.</summary>
    public static bool IsThisMachine(string address)
    {
        var text = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + (address.StartsWith(':') ? "localhost" : "") + address;
        // 0.0.0.0 and [::] are where a server listens on all addresses.
        return !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.IsLoopback || uri.Host is "0.0.0.0" or "[::]";
    }

    private static Uri Address(string text)
    {
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) throw new ConfigException($"{ServersVariable}: '{text}' is not an address; write for example http://localhost:8000");
        return address.AbsolutePath == "/" ? new Uri(address, "/v1") : address;
    }
}
