using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Dragoman.Discovery;

/// <summary>The memory that models may be loaded into.</summary>
/// <param name="Bytes">The machine's, or that of the container that this runs in.</param>
/// <param name="GraphicsBytes">That of its graphics cards; 0 when there are none of their own, or nobody knows.</param>
internal sealed record MachineMemory(long Bytes, long GraphicsBytes)
{
    // What Metal lets models have of a Mac's memory: 11.84 of 16 GB (AlexsJones/llmfit#754), 107.5 of 128 GB (antirez/ds4#909). Elsewhere the system and the user's own programs
    // need some, too.
    private const double UsableShare = 0.75;

    // The driver, the desktop and the model's working memory need the rest.
    private const double UsableGraphicsShare = 0.9;

    private const string NvidiaProgram = "nvidia-smi";

    // Drivers of AMD's cards, and of no others, tell it here (torvalds/linux, Documentation/gpu/amdgpu).
    private const string LinuxCards = "/sys/class/drm";

    /// <summary>That of a machine that can't be asked: nothing is ruled out.</summary>
    public static MachineMemory Unknown { get; } = new(long.MaxValue, GraphicsBytes: 0);

    /// <summary>What models may take in all: a model that doesn't fit on the card is split.</summary>
    public double Usable => (Bytes * UsableShare) + UsableGraphics;

    /// <summary>What models may take of the graphics cards.</summary>
    public double UsableGraphics => GraphicsBytes * UsableGraphicsShare;

    /// <summary>This machine's. Cards of other makers than NVIDIA and AMD, and AMD's on Windows, aren't known: there is no simple way to ask. A Mac's memory is one.</summary>
    public static async Task<MachineMemory> AskAsync(CancellationToken cancellationToken)
    {
        var graphics = OperatingSystem.IsMacOS() ? 0 : await NvidiaAsync(NvidiaProgram, cancellationToken);
        return new MachineMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, graphics > 0 ? graphics : Amd(LinuxCards));
    }

    /// <summary>The memory of NVIDIA's cards, as their own program tells it: a line with mebibytes each. 0 when it isn't installed, or fails.</summary>
    public static async Task<long> NvidiaAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--query-gpu=memory.total", "--format=csv,noheader,nounits"]) { UseShellExecute = false, CreateNoWindow = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
                return text.Split('\n').Sum(line => long.TryParse(line, NumberStyles.Integer, CultureInfo.InvariantCulture, out var mebibytes) ? mebibytes << 20 : 0);
            }
            finally
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception unknown) when (unknown is Win32Exception or InvalidOperationException or IOException or OperationCanceledException)
        {
            // No such card, or a driver that hangs: what is known of the machine's own memory has to do.
            return 0;
        }
    }

    /// <summary>The memory of AMD's cards on Linux. A processor's own graphics has some hundred mebibytes there, which hold no model, and shares the machine's memory.</summary>
    /// <param name="cards">The folder with a folder for each card.</param>
    public static long Amd(string cards)
    {
        const long leastOfACard = 4L << 30;
        try
        {
            if (!Directory.Exists(cards)) return 0;
            return Directory.EnumerateDirectories(cards, "card*")
                .Select(card => Path.Combine(card, "device", "mem_info_vram_total"))
                .Where(File.Exists)
                .Sum(file => long.TryParse(File.ReadAllText(file), NumberStyles.Integer, CultureInfo.InvariantCulture, out var bytes) && bytes >= leastOfACard ? bytes : 0);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
