using System.Reflection;
using System.Runtime.InteropServices;

namespace Dragoman.ClientTests.Processes;

/// <summary>Where the programs under test lie.</summary>
internal static class Installed
{
    /// <summary>This project's folder.</summary>
    public static string SourceDirectory { get; } =
        typeof(Installed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "SourceDirectory").Value!;

    /// <summary>The gateway: what <c>DRAGOMAN_BINARY</c> names, else the one that was built together with the tests.</summary>
    public static string Gateway => Environment.GetEnvironmentVariable("DRAGOMAN_BINARY") is { Length: > 0 } given ? Existing(given) : BuiltGateway;

    /// <summary>The simulated upstreams as a program of their own, for what can't reach those of the test's process.</summary>
    public static string Upstreams => Existing(Path.Combine(AppContext.BaseDirectory, "Dragoman.Upstreams" + ExecutableSuffix));

    /// <summary>Claude Code's program; the npm package has one a platform.</summary>
    public static string ClaudeCode => Existing(InModules("@anthropic-ai", $"claude-code-{Platform}", "claude" + ExecutableSuffix));

    /// <summary>OpenCode's program.</summary>
    public static string OpenCode => Existing(InModules($"opencode-{Platform}", "bin", "opencode" + ExecutableSuffix));

    // All projects are built into artifacts/bin/PROJECT/CONFIGURATION/ (UseArtifactsOutput).
    private static string BuiltGateway
    {
        get
        {
            var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Existing(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Dragoman.Cli", configuration, "dragoman" + ExecutableSuffix)));
        }
    }

    private static string ExecutableSuffix => OperatingSystem.IsWindows() ? ".exe" : "";

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "win32" : "linux";
            return $"{system}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
        }
    }

    private static string InModules(params string[] names) => Path.Combine([SourceDirectory, "node_modules", .. names]);

    // A client that is missing must fail its tests, not skip them.
    private static string Existing(string path) => File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: build the tests, which installs the clients (npm ci)", path);
}
