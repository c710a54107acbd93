using Dragoman.Discovery;

namespace Dragoman.Tests.Discovery;

/// <summary>What is known of graphics cards.</summary>
public sealed class MachineMemoryTests
{
    [Fact]
    public void The_memory_of_AMDs_cards_is_read_where_their_driver_has_it()
    {
        var cards = Directory.CreateTempSubdirectory("dragoman-cards-").FullName;
        Write(cards, "card0", "17163091968\n");
        Write(cards, "card1", "17163091968\n");
        // A processor's own graphics, a plug of a card, and a driver that tells nothing.
        Write(cards, "card2", "536870912\n");
        Directory.CreateDirectory(Path.Combine(cards, "card0-DP-1"));
        Write(cards, "card3", "");
        Assert.Equal(2 * 17_163_091_968, MachineMemory.Amd(cards));
        Assert.Equal(0, MachineMemory.Amd(Path.Combine(cards, "nothing")));
    }

    [Theory]
    [InlineData("echo 24564; echo 24564", 2 * (24_564L << 20))]
    [InlineData("echo '[N/A]'", 0)]
    [InlineData("echo 'NVIDIA-SMI has failed' >&2; exit 9", 0)]
    public async Task The_memory_of_NVIDIAs_cards_is_what_their_own_program_says(string script, long bytes)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a shell script");
        Assert.Equal(bytes, await MachineMemory.NvidiaAsync(Script(script), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_program_or_when_it_hangs_nothing_is_known()
    {
        Assert.Equal(0, await MachineMemory.NvidiaAsync("dragoman-no-such-program", TestContext.Current.CancellationToken));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a shell script");
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, await MachineMemory.NvidiaAsync(Script("exec sleep 1000"), soon.Token));
    }

    private static void Write(string cards, string card, string text)
    {
        var device = Directory.CreateDirectory(Path.Combine(cards, card, "device")).FullName;
        File.WriteAllText(Path.Combine(device, "mem_info_vram_total"), text);
    }

    private static string Script(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("dragoman-smi-").FullName, "nvidia-smi");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
