using System.Security.Cryptography;

namespace Dragoman;

/// <summary>
/// Notices that files have other contents than before, by looking. Notifications of the system would come sooner, but not for every way in which a file is
/// replaced: by renaming, by a symbolic link somewhere on its path that now leads elsewhere (as Kubernetes does), on network and container mounts.
/// </summary>
internal sealed class FileWatch
{
    private Dictionary<string, string> _seen;
    private bool _moving;

    /// <summary>Takes the contents as they are now.</summary>
    public FileWatch(params IReadOnlyList<string> files) => _seen = files.ToDictionary(file => file, Look, StringComparer.Ordinal);

    /// <summary>Looks; true when the contents have changed and were the same as at the look before, so that nobody is still writing.</summary>
    public bool HasSettled()
    {
        var changed = false;
        foreach (var (file, known) in _seen.ToList())
        {
            var now = Look(file);
            if (now == known) continue;
            (_seen[file], changed) = (now, true);
        }

        var settled = _moving && !changed;
        _moving = changed;
        return settled;
    }

    /// <summary>The contents as they are now are about to be read, so they are nothing new.</summary>
    public void Note()
    {
        foreach (var file in _seen.Keys.ToList()) _seen[file] = Look(file);
        _moving = false;
    }

    /// <summary>Watches other files from now on. What is known of those that were watched already stays known.</summary>
    public void Follow(IReadOnlyList<string> files) =>
        _seen = files.Distinct(StringComparer.Ordinal).ToDictionary(file => file, file => _seen.GetValueOrDefault(file) ?? Look(file), StringComparer.Ordinal);

    private static string Look(string file)
    {
        try
        {
            using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Convert.ToHexString(SHA256.HashData(content));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file that isn't there (yet, or any more) is a content too. Why it can't be read is said when it is read in earnest.
            return "-";
        }
    }
}
