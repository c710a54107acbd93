namespace Dragoman;

/// <summary>Finds the name that was probably meant by one that doesn't exist.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the names that exist; null when none is near.</summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        var plain = Plain(written);
        string? nearest = null;
        // A mistake every three letters, at least one.
        var least = Math.Max(1, plain.Length / 3) + 1;
        foreach (var name in known)
        {
            var candidate = Plain(name);
            var distance = IsPart(plain, candidate) ? 1 : Distance(plain, candidate);
            if (distance >= least) continue;
            (nearest, least) = (name, distance);
        }

        return nearest;
    }

    /// <summary>What to say after "there is no such ...": the nearest name, or all that there are.</summary>
    public static string Advice(string written, IReadOnlyCollection<string> known) =>
        Of(written, known) is { } nearest ? $"; did you mean '{nearest}'?" : known.Count > 0 ? $"; there are: {string.Join(", ", known)}" : "";

    // num_ctx, num-ctx and NumCtx are one name to a person.
    private static string Plain(string name) => name.Replace("_", "").Replace("-", "").ToLowerInvariant();

    // "timeout" for timeoutSeconds; two letters are part of too many.
    private static bool IsPart(string written, string name)
    {
        const int leastLetters = 3;
        return written.Length >= leastLetters && (name.StartsWith(written, StringComparison.Ordinal) || (name.Length >= leastLetters && written.StartsWith(name, StringComparison.Ordinal)));
    }

    // Letters left out, added, changed, or two of them swapped (optimal string alignment).
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var changed = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(changed, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[left.Length, right.Length];
    }
}
