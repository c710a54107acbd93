using System.ComponentModel;
using System.Diagnostics;

namespace Dragoman.Providers.Gemini.Credentials;

/// <summary>Tokens of the machine's own service account, from the metadata server that machines, containers and functions in Google's cloud have.</summary>
/// <param name="host">The metadata server's host.</param>
/// <param name="endpoint">Asks it.</param>
internal sealed class MetadataTokens(string host, TokenEndpoint endpoint) : ITokenSource
{
    /// <summary>Its name inside of Google's cloud.</summary>
    public const string DefaultHost = "metadata.google.internal";

    /// <inheritdoc/>
    public async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        var scopes = Uri.EscapeDataString(CredentialsFile.Scope);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{host}/computeMetadata/v1/instance/service-accounts/default/token?scopes={scopes}"));
        // Proves that no web page has sent it.
        request.Headers.Add("Metadata-Flavor", "Google");
        return await endpoint.AskAsync(request, cancellationToken);
    }
}

/// <summary>Tokens of the user who is signed in to <c>gcloud</c>.</summary>
/// <param name="program">The program: <c>gcloud</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class GcloudTokens(string program, TimeProvider time) : ITokenSource
{
    // It doesn't say how old the token is that it gives, but gives none that expires in the next minutes: so it is asked often.
    private static readonly TimeSpan AssumedLifetime = TimeSpan.FromMinutes(10);

    /// <summary>The program's name on this system.</summary>
    public static string DefaultProgram => OperatingSystem.IsWindows() ? "gcloud.cmd" : "gcloud";

    /// <inheritdoc/>
    public async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (token, complaint, exitCode) = await RunAsync(cancellationToken);
            if (exitCode != 0 || token.Length == 0) throw new CredentialException($"`gcloud auth print-access-token` gave no token: {complaint}", refused: true);
            return new AccessToken(token, time.GetUtcNow() + AssumedLifetime);
        }
        catch (Win32Exception)
        {
            throw new CredentialException("There are no credentials: no file, no metadata server, and the program gcloud is not installed.", refused: true);
        }
    }

    private async Task<(string Token, string Complaint, int ExitCode)> RunAsync(CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, ["auth", "print-access-token", "--quiet"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.Start();
        try
        {
            process.StandardInput.Close();
            var reading = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var complaints = process.StandardError.ReadToEndAsync(cancellationToken);
            var token = await reading;
            var complaint = await complaints;
            await process.WaitForExitAsync(cancellationToken);
            return (token.Trim(), complaint.Trim(), process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>The first of several sources that has a token; it stays the one.</summary>
internal sealed class FirstTokens(params IReadOnlyList<ITokenSource> sources) : ITokenSource
{
    // Where there is no metadata server its name is unknown, but some networks let such a question wait.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private ITokenSource? _chosen;

    /// <inheritdoc/>
    public async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        if (_chosen is not null) return await _chosen.FetchAsync(cancellationToken);
        foreach (var source in sources.SkipLast(1))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                var token = await source.FetchAsync(limit.Token);
                _chosen = source;
                return token;
            }
            catch (Exception none) when (none is CredentialException || (none is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Then the next one; what the last one says is the answer.
            }
        }

        var last = await sources[^1].FetchAsync(cancellationToken);
        _chosen = sources[^1];
        return last;
    }
}
