using System.Security.Cryptography;

namespace Dragoman;

/// <summary>The source of what must differ each time: ids that nobody can guess (<c>msg_…</c>, <c>toolu_…</c>, <c>req_…</c>) and chance. Tests give their own sequence.</summary>
internal class IdSource
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // As long as the real API's (01 and 22 more characters).
    private const int Length = 24;

    /// <summary>A new id that begins with <paramref name="prefix"/>.</summary>
    public virtual string Next(string prefix) => prefix + RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>A number by chance, from 0 to less than 1: for waits that must not fall together.</summary>
    public virtual double Fraction()
    {
        const int steps = 1 << 20;
        return RandomNumberGenerator.GetInt32(steps) / (double)steps;
    }
}
