using System.Security.Cryptography;

namespace Dragoman;

/// <summary>Makes ids that nobody can guess: <c>msg_…</c>, <c>toolu_…</c>, <c>req_…</c>. Tests give their own sequence.</summary>
internal class IdSource
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // As long as the real API's (01 and 22 more characters).
    private const int Length = 24;

    /// <summary>A new id that begins with <paramref name="prefix"/>.</summary>
    public virtual string Next(string prefix) => prefix + RandomNumberGenerator.GetString(Alphabet, Length);
}
