using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Gemini;

/// <summary>A service account and a user that the simulated token endpoint knows, with the files that Google's tools would write for them.</summary>
public static class SimulatedAccount
{
    /// <summary>The service account's address.</summary>
    public const string Email = "gateway@simulated-project.iam.gserviceaccount.com";

    internal const string ClientId = "simulated.apps.googleusercontent.com";
    internal const string ClientSecret = "simulated-secret";
    internal const string RefreshToken = "1//simulated-refresh-token";
    private const string KeyId = "simulated-key";

    // Made anew in each process: a key in the sources would only alarm scanners.
    private static readonly Lazy<RSA> Key = new(() => RSA.Create(2048));

    /// <summary>The scope that both APIs want.</summary>
    internal const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>The JSON of a service account's key file.</summary>
    /// <param name="tokenUrl">The token endpoint.</param>
    /// <param name="project">The project that it belongs to.</param>
    public static string ServiceAccountFile(Uri tokenUrl, string project = "simulated-project") => Json.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "service_account");
            writer.WriteString("project_id", project);
            writer.WriteString("private_key_id", KeyId);
            writer.WriteString("private_key", Key.Value.ExportPkcs8PrivateKeyPem() + "\n");
            writer.WriteString("client_email", Email);
            writer.WriteString("client_id", "100000000000000000001");
            writer.WriteString("auth_uri", "https://accounts.google.com/o/oauth2/auth");
            writer.WriteString("token_uri", tokenUrl.ToString());
            writer.WriteString("universe_domain", "googleapis.com");
            writer.WriteEndObject();
        },
        indented: true);

    /// <summary>The JSON that <c>gcloud auth application-default login</c> writes. Google's files have no <c>token_uri</c>; here it leads to the simulation.</summary>
    /// <param name="tokenUrl">The token endpoint.</param>
    /// <param name="quotaProject">The project that pays.</param>
    public static string AuthorizedUserFile(Uri tokenUrl, string? quotaProject = null) => Json.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("account", "");
            writer.WriteString("client_id", ClientId);
            writer.WriteString("client_secret", ClientSecret);
            if (quotaProject is not null)
            {
                writer.WriteString("quota_project_id", quotaProject);
            }

            writer.WriteString("refresh_token", RefreshToken);
            writer.WriteString("token_uri", tokenUrl.ToString());
            writer.WriteString("type", "authorized_user");
            writer.WriteString("universe_domain", "googleapis.com");
            writer.WriteEndObject();
        },
        indented: true);

    /// <summary>The claims of a JWT that this account has signed with RS256; null when it is none, or the signature is wrong.</summary>
    internal static JsonElement? Claims(string assertion)
    {
        var parts = assertion.Split('.');
        try
        {
            if (parts.Length != 3
                || Json.Parse(Text(parts[0])).FindText("alg") != "RS256"
                || !Key.Value.VerifyData(
                    Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Bytes(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            {
                return null;
            }

            return Json.Parse(Text(parts[1]));
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Text(string part) => Encoding.UTF8.GetString(Bytes(part));

    private static byte[] Bytes(string part) => System.Buffers.Text.Base64Url.DecodeFromChars(part);
}
