using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace Dragoman.Replies;

/// <summary>
/// The opaque <c>signature</c> of a thinking block. It says which provider and model wrote the block, and carries the thinking itself when the client asked
/// not to see it (<c>display: omitted</c>), so that the next turn can give the model its own reasoning back, and what the upstream itself wants to have back.
/// Self-contained: the gateway stores nothing. Layout, base64: magic "DG", version, length (a byte) and bytes of the provider, the same of the model, length
/// (four bytes, little-endian) and bytes of the upstream's own signature, then the deflated UTF-8 of the thinking (or nothing).
/// </summary>
/// <param name="Provider">The provider that wrote the block.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Thinking">The reasoning that travels in the signature; null when it stands in the block.</param>
internal sealed record ThinkingSignature(string Provider, string Model, string? Thinking)
{
    /// <summary>What the upstream wants to have back with the next turn, in its provider's own form (a thought signature, encrypted reasoning); null when nothing.</summary>
    public string? Upstream { get; init; }

    private const byte Version = 2;

    // Reasoning of one turn, decoded. A signature comes from the client, so it must not be able to unpack into gigabytes.
    private const int MaxThinkingBytes = 8 << 20;

    private static ReadOnlySpan<byte> Magic => "DG"u8;

    // The magic in base64, with the first two bits of the version: none will be above 63.
    private const string EncodedMagic = "REc";

    /// <summary>Whether this gateway made the signature, whatever its version and whether it can still be read.</summary>
    public static bool IsOurs(string signature) => signature.StartsWith(EncodedMagic, StringComparison.Ordinal);

    /// <summary>Makes the signature's text.</summary>
    public string Seal()
    {
        using var sealedBytes = new MemoryStream();
        sealedBytes.Write(Magic);
        sealedBytes.WriteByte(Version);
        WriteName(sealedBytes, Provider);
        WriteName(sealedBytes, Model);
        WriteUpstream(sealedBytes, Upstream ?? "");
        if (Thinking is not null)
        {
            using var deflate = new DeflateStream(sealedBytes, CompressionLevel.Fastest, leaveOpen: true);
            deflate.Write(Encoding.UTF8.GetBytes(Thinking));
        }

        return Convert.ToBase64String(sealedBytes.GetBuffer().AsSpan(0, (int)sealedBytes.Length));
    }

    /// <summary>Reads a signature; null when somebody else made it or it is damaged.</summary>
    public static ThinkingSignature? Open(string signature)
    {
        if (!Base64.IsValid(signature)) return null;
        var bytes = Convert.FromBase64String(signature);
        if (bytes.Length < 5 || !bytes.AsSpan().StartsWith(Magic) || bytes[2] != Version) return null;
        var rest = bytes.AsSpan(3);
        if (ReadName(ref rest) is not { } provider || ReadName(ref rest) is not { } model) return null;
        if (ReadUpstream(ref rest) is not { } upstream) return null;
        return new ThinkingSignature(provider, model, rest.IsEmpty ? null : Inflate(rest.ToArray())) { Upstream = upstream.Length == 0 ? null : upstream };
    }

    private static void WriteUpstream(MemoryStream stream, string upstream)
    {
        var bytes = Encoding.UTF8.GetBytes(upstream);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        stream.Write(length);
        stream.Write(bytes);
    }

    private static string? ReadUpstream(ref Span<byte> bytes)
    {
        if (bytes.Length < sizeof(int)) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 0 || length > bytes.Length - sizeof(int)) return null;
        var upstream = Encoding.UTF8.GetString(bytes.Slice(sizeof(int), length));
        bytes = bytes[(sizeof(int) + length)..];
        return upstream;
    }

    private static void WriteName(MemoryStream stream, string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var length = Math.Min(bytes.Length, byte.MaxValue);
        stream.WriteByte((byte)length);
        stream.Write(bytes, 0, length);
    }

    private static string? ReadName(ref Span<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length < 1 + bytes[0]) return null;
        var name = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
        bytes = bytes[(1 + bytes[0])..];
        return name;
    }

    private static string? Inflate(byte[] deflated)
    {
        try
        {
            using var inflate = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
            using var thinking = new MemoryStream();
            var buffer = new byte[8192];
            for (int read; (read = inflate.Read(buffer)) > 0;)
            {
                thinking.Write(buffer, 0, read);
                if (thinking.Length > MaxThinkingBytes) return null;
            }

            return Encoding.UTF8.GetString(thinking.GetBuffer(), 0, (int)thinking.Length);
        }
        catch (InvalidDataException)
        {
            // Not ours after all, or cut off on the way: the block is then treated as foreign.
            return null;
        }
    }
}
