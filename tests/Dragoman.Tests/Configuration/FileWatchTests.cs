namespace Dragoman.Tests.Configuration;

/// <summary>Changes of files are noticed however they come about, once they are over.</summary>
public sealed class FileWatchTests
{
    [Fact]
    public void A_change_counts_when_nobody_is_writing_any_more()
    {
        using var folder = new ConfigFolder("1");
        var watch = new FileWatch(folder.File);
        Assert.False(watch.HasSettled());
        folder.Write("2");
        Assert.False(watch.HasSettled());
        folder.Write("23");
        Assert.False(watch.HasSettled());
        Assert.True(watch.HasSettled());
        Assert.False(watch.HasSettled());
    }

    [Fact]
    public void A_file_that_another_one_replaces_vanishes_or_comes_has_changed()
    {
        using var folder = new ConfigFolder("1");
        var watch = new FileWatch(folder.File);
        folder.Replace("2");
        Assert.Equal([false, true, false], Looks(watch));
        File.Delete(folder.File);
        Assert.Equal([false, true, false], Looks(watch));
        folder.Write("3");
        Assert.Equal([false, true, false], Looks(watch));
    }

    [Fact]
    public void A_symbolic_link_on_the_way_may_lead_elsewhere()
    {
        // As Kubernetes mounts it: the file is a link through a folder that is a link, and that one is exchanged.
        using var folder = new ConfigFolder();
        foreach (var version in (string[])["v1", "v2"])
        {
            Directory.CreateDirectory(folder.At(version));
            File.WriteAllText(Path.Combine(folder.At(version), "mounted.json"), version);
        }

        Directory.CreateSymbolicLink(folder.At("data"), folder.At("v1"));
        File.CreateSymbolicLink(folder.At("mounted.json"), Path.Combine(folder.At("data"), "mounted.json"));
        var watch = new FileWatch(folder.At("mounted.json"));
        Assert.False(watch.HasSettled());
        Directory.Delete(folder.At("data"));
        Directory.CreateSymbolicLink(folder.At("data"), folder.At("v2"));
        Assert.Equal([false, true, false], Looks(watch));
    }

    [Fact]
    public void What_is_about_to_be_read_is_nothing_new_and_other_files_may_be_watched()
    {
        using var folder = new ConfigFolder("1");
        var watch = new FileWatch(folder.File);
        folder.Write("2");
        watch.Note();
        Assert.Equal([false, false, false], Looks(watch));
        folder.Write("3");
        watch.Follow([folder.File, folder.At("secret")]);
        Assert.Equal([false, true, false], Looks(watch));
        File.WriteAllText(folder.At("secret"), "x");
        Assert.Equal([false, true, false], Looks(watch));
        watch.Follow([folder.File]);
        File.WriteAllText(folder.At("secret"), "y");
        Assert.Equal([false, false, false], Looks(watch));
    }

    private static bool[] Looks(FileWatch watch) => [watch.HasSettled(), watch.HasSettled(), watch.HasSettled()];
}
