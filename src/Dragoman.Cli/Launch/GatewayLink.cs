using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Discovery;

namespace Dragoman.Cli.Launch;

/// <summary>Asks a running gateway what a client must know of it. The same for one in this process and for one that runs elsewhere.</summary>
internal sealed class GatewayLink : IDisposable
{
    // A gateway on this machine answers at once; asked for its models it may first have to ask its upstreams.
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ModelsTimeout = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private readonly string _url;
    private readonly string _token;

    /// <summary>Speaks to the gateway at an address.</summary>
    public GatewayLink(string url, string token) => (_url, _token) = (url, token);

    /// <summary>The version of the gateway of this product that answers there; null: none does.</summary>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <param name="limit">How long to wait; null: as long as one on this machine needs.</param>
    public async Task<string?> VersionAsync(CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        try
        {
            var (status, _, body) = await GetAsync("/api/hello", limit ?? HelloTimeout, cancellationToken);
            using (body)
            {
                if (status != HttpStatusCode.OK || body?.RootElement is not { ValueKind: JsonValueKind.Object } hello || !hello.TryGetProperty("name", out var name) || !name.ValueEquals("dragoman")) return null;
                return hello.TryGetProperty("version", out var version) ? version.ToString() : "";
            }
        }
        catch (CliException)
        {
            return null;
        }
    }

    /// <summary>What answers for each tier, or for everything when a model is named.</summary>
    /// <param name="model">The one model that the person wants; null: the gateway's map.</param>
    /// <param name="cancellationToken">Ends the questions.</param>
    /// <exception cref="CliException">The gateway doesn't answer, refuses the key or doesn't have the model.</exception>
    public async Task<ServedModels> ServedAsync(string? model, CancellationToken cancellationToken)
    {
        if (model is not null)
        {
            var only = await ModelAsync("", model, cancellationToken) ?? throw new CliException($"The gateway at {_url} has no model '{model}'. `dragoman models` lists those that it has.", ExitCodes.Wrong);
            return new ServedModels(_url, _token, []) { Only = only };
        }

        var tiers = new List<ServedModel>();
        foreach (var tier in Tier.Names)
        {
            if (await ModelAsync(tier, Tier.ClaudeName(tier), cancellationToken) is { } served) tiers.Add(served);
        }

        return new ServedModels(_url, _token, tiers);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<ServedModel?> ModelAsync(string tier, string name, CancellationToken cancellationToken)
    {
        var (status, headers, body) = await GetAsync($"/v1/models/{Uri.EscapeDataString(name)}", ModelsTimeout, cancellationToken);
        using (body)
        {
            if (status == HttpStatusCode.NotFound) return null;
            if (status == HttpStatusCode.Unauthorized) throw new CliException($"The gateway at {_url} wants its key: give it with --key or DRAGOMAN_KEY. (--port 0 starts a gateway of your own.)", ExitCodes.Wrong);
            if (status != HttpStatusCode.OK || body is null) throw new CliException(string.Create(CultureInfo.InvariantCulture, $"The gateway at {_url} answered {(int)status} when it was asked for {name}."), ExitCodes.Failed);
            // A gateway of an older version doesn't say who answers.
            if (!headers.TryGetValues("x-dragoman-model", out var said)) return null;
            var targets = string.Join(", ", said).Split(", ", StringSplitOptions.RemoveEmptyEntries);
            int? window = body.RootElement.TryGetProperty("max_input_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt32(out var number) ? number : null;
            return targets.Length == 0 ? null : new ServedModel(tier, targets, window) { ByRole = headers.Contains("x-dragoman-roles") };
        }
    }

    private async Task<(HttpStatusCode Status, HttpResponseHeaders Headers, JsonDocument? Body)> GetAsync(string path, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _url + path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
            using var answer = await _http.SendAsync(request, timeout.Token);
            var bytes = await answer.Content.ReadAsByteArrayAsync(timeout.Token);
            return (answer.StatusCode, answer.Headers, answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonDocument.Parse(bytes) : null);
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or JsonException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CliException($"No gateway answers at {_url}. ({silent.Message})", ExitCodes.Failed);
        }
    }
}
