using System.Net;
using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Replies;

namespace Dragoman.Discovery;

/// <summary>Looks for servers on this machine and for keys in the environment, all at once. What is made of it is decided by <see cref="TierRules"/>.</summary>
internal sealed class Discoverer(Surroundings surroundings, TimeProvider time)
{
    // A service on another continent needs longer than a program on this machine, and so does a program that has taken the connection but is busy (a model is being
    // loaded, the machine has just started). Only waited for when nothing else here answers.
    private const int PatienceFactor = 5;

    // A list of models is some kilobytes; whatever else listens on a port may send for ever.
    private const int MaxListBytes = 4 << 20;

    /// <summary>Looks. What is not there is not among the findings.</summary>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <param name="waitsForServices">Services are waited for although a server on this machine answers: for whoever writes down what there is.</param>
    /// <exception cref="ConfigException">An environment variable that steers discovery is wrong.</exception>
    public async Task<Discovered> FindAsync(CancellationToken cancellationToken, bool waitsForServices = false)
    {
        var limit = surroundings.Limit;
        if (limit == TimeSpan.Zero) return new Discovered([], []);
        using var soon = new CancellationTokenSource(limit, time);
        using var later = new CancellationTokenSource(limit * PatienceFactor, time);
        using var nobodyWaits = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var remote = CancellationTokenSource.CreateLinkedTokenSource(nobodyWaits.Token, later.Token);
        var memory = surroundings.MemoryAsync(soon.Token);
        var servers = AskServersAsync(limit, cancellationToken);
        var services = Sources.Services.Select(Configured).OfType<Finding>().Select(finding => AskServiceAsync(finding, nobodyWaits.Token, remote.Token)).ToList();
        var here = Named(await servers);
        cancellationToken.ThrowIfCancellationRequested();
        // What runs here answers; a slow service is then taken at its key's word.
        if (!waitsForServices && here.Exists(finding => finding.IsUsable)) await nobodyWaits.CancelAsync();
        List<Finding> all = [.. here, .. await Task.WhenAll(services)];
        cancellationToken.ThrowIfCancellationRequested();
        return new Discovered(all, TierRules.Choose(all, await memory));
    }

    private async Task<Finding?[]> AskServersAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var nobodyWaits = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var addresses = surroundings.Addresses();
        List<Task<Finding?>> questions = [AskOllamaAsync(nobodyWaits.Token), .. addresses.Select(address => AskServerAsync(address, nobodyWaits.Token))];
        var all = Task.WhenAll(questions);
        if (!await EndsWithinAsync(all, limit, cancellationToken) && !questions.Exists(question => question is { IsCompletedSuccessfully: true, Result.IsUsable: true }))
        {
            var ollama = Sources.Servers[0];
            var isNamed = ollama.Variables.Any(name => surroundings.Variable(name) is not null);
            if (isNamed || await Presence.IsAnyAsync(addresses.Append(new Uri(ollama.Address!)), time, cancellationToken)) await EndsWithinAsync(all, limit * (PatienceFactor - 1), cancellationToken);
        }

        // Whoever hasn't answered yet says so himself, as a finding.
        await nobodyWaits.CancelAsync();
        return await all;
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(limit, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<Finding?> AskOllamaAsync(CancellationToken cancellationToken)
    {
        var ollama = Sources.Servers[0];
        var given = ollama.Variables.FirstOrDefault(name => surroundings.Variable(name) is not null);
        var where = given is null ? ollama.Address! : $"{surroundings.Variable(given)} ({given})";
        var section = Section(("url", given is null ? ollama.Address : surroundings.Variable(given)));
        var (models, error) = await ListAsync(ollama, section, cancellationToken);
        // Whoever names its address wants to know that it isn't there.
        if (error is { Kind: UpstreamErrorKind.Unreachable } && given is null) return null;
        return new Finding(ollama, section, where, models, error is null ? Emptiness(ollama, models) : Reason(error, ollama)) { IsAbsent = error?.Kind == UpstreamErrorKind.Unreachable, IsElsewhere = given is not null && !Surroundings.IsThisMachine(surroundings.Variable(given)!) };
    }

    private async Task<Finding?> AskServerAsync(Uri address, CancellationToken cancellationToken)
    {
        var (owner, refused) = await OwnerAsync(address, cancellationToken);
        if (owner is null && !refused) return null;
        var known = owner is null ? Sources.Owning(address.Port) : Sources.Recognize(owner, address.Port);
        var source = known ?? new Source($"local-{address.Port}", "openai") { IsLocal = true };
        var where = address.ToString();
        var section = Section(("type", source.Name == source.Type ? null : source.Type), ("dialect", source.Dialect), ("url", where));
        if (refused || (source.Name == Sources.LlamaCppName && await IsLockedAsync(address, cancellationToken))) return new Finding(source, section, where, [], "wants a key; name it in dragoman.json");
        var (models, error) = await ListAsync(source, section, cancellationToken);
        return new Finding(source, section, where, models, error is null ? Emptiness(source, models) : Reason(error, source)) { IsElsewhere = !address.IsLoopback };
    }

    // Whose list of models is at an address. Null: none is.
    private static async Task<(string? Owner, bool Refused)> OwnerAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new UpstreamHttp();
        using var answer = await TryAskAsync(http, $"{address.ToString().TrimEnd('/')}/models", cancellationToken);
        // Jan's refusal is no JSON (janhq/jan, src-tauri/src/core/server/proxy.rs).
        if (answer?.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) return (null, IsJson(answer) || Sources.Owning(address.Port) is not null);
        if (answer is not { StatusCode: HttpStatusCode.OK } || !IsJson(answer)) return (null, false);
        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxListBytes, cancellationToken);
            using var list = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return (Owner(list.RootElement), false);
        }
        catch (Exception nothing) when (nothing is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            // Somebody else.
            return (null, false);
        }
    }

    // llama.cpp's list is there for everybody, also when nothing else is (ggml-org/llama.cpp, tools/server/server-http.cpp, public endpoints).
    private static async Task<bool> IsLockedAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = new UpstreamHttp();
        using var answer = await TryAskAsync(http, new Uri(address, "/props").ToString(), cancellationToken);
        return answer?.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
    }

    private static async Task<HttpResponseMessage?> TryAskAsync(UpstreamHttp http, string address, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            return await http.SendAsync(request, cancellationToken);
        }
        catch (Exception nothing) when (nothing is HttpRequestException or IOException or OperationCanceledException)
        {
            // Nobody is there, or somebody else: the usual case, and no news.
            return null;
        }
    }

    private static bool IsJson(HttpResponseMessage answer) => answer.Content.Headers.ContentType?.MediaType == "application/json";

    // The raw text: the words of the table need no escapes, and half a surrogate pair can't be read.
    private static string? Owner(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Object || !list.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array) return null;
        return data.EnumerateArray().Select(model => model.ValueKind == JsonValueKind.Object && model.TryGetProperty("owned_by", out var owner) && owner.ValueKind == JsonValueKind.String ? owner.GetRawText().Trim('"') : "").FirstOrDefault(owner => owner.Length > 0) ?? "";
    }

    // A row whose variable is set; its models are not asked for yet.
    private Finding? Configured(Source service)
    {
        var variable = service.Variables.FirstOrDefault(name => surroundings.Variable(name) is not null);
        if (service.IsGoogleCloud)
        {
            var file = surroundings.GoogleCredentialsFile;
            if (file is null || (variable is null && surroundings.Variable("GOOGLE_APPLICATION_CREDENTIALS") is null)) return null;
            var cloud = Section(("type", service.Type), ("flavour", "vertex"), ("project", variable is null ? null : surroundings.Variable(variable)));
            return new Finding(service, cloud, $"Google Cloud, {file}", [], Problem: null);
        }

        if (variable is null) return null;
        var address = service.AddressVariable is { } other ? surroundings.Variable(other) ?? service.Address : service.Address;
        var section = Section(("type", service.Name == service.Type ? null : service.Type), ("url", address), ("dialect", service.Dialect), ("apiKey", $"env:{variable}"));
        return new Finding(service, section, variable, [], Problem: null);
    }

    private async Task<Finding> AskServiceAsync(Finding finding, CancellationToken nobodyWaits, CancellationToken cancellationToken)
    {
        var (models, error) = await ListAsync(finding.Source, finding.Section, cancellationToken);
        return finding with { Models = models, Problem = error is null || (error.Kind == UpstreamErrorKind.TimedOut && nobodyWaits.IsCancellationRequested) ? null : Reason(error, finding.Source) };
    }

    // The provider itself is asked, made as the configuration would make it.
    private async Task<(IReadOnlyList<ModelInfo> Models, UpstreamError? Error)> ListAsync(Source source, JsonElement section, CancellationToken cancellationToken)
    {
        var options = new DragomanOptions();
        options.Providers[source.Name] = section;
        // Not disposed here: a provider whose list nobody waits for any more goes on asking.
        var services = new ServiceCollection().AddLogging().AddSingleton(time).AddDragoman(options).BuildServiceProvider();
        try
        {
            var list = await services.GetRequiredService<ModelCatalog>().ListAsync(source.Name, cancellationToken);
            await services.DisposeAsync();
            return ([.. list.Models.Where(model => model.Generates)], list.Error);
        }
        catch (ConfigException wrong)
        {
            return ([], new UpstreamError(UpstreamErrorKind.InvalidRequest, wrong.Message));
        }
        catch (OperationCanceledException)
        {
            return ([], new UpstreamError(UpstreamErrorKind.TimedOut, "no answer in time"));
        }
    }

    private static string? Emptiness(Source source, IReadOnlyList<ModelInfo> models) =>
        models.Count > 0 ? null : source.Remedy is { } remedy ? $"has no models: {remedy}" : "has no models";

    private static string Reason(UpstreamError error, Source source) => error.Kind switch
    {
        UpstreamErrorKind.Unreachable => source.IsLocal ? "not running" : "can't be reached",
        UpstreamErrorKind.TimedOut => "no answer in time",
        UpstreamErrorKind.Authentication or UpstreamErrorKind.Permission => "the key was refused",
        UpstreamErrorKind.RateLimited => "no quota left, or too many requests",
        _ => error.Message,
    };

    // Two servers of one kind: the second is called after its port.
    private static List<Finding> Named(IEnumerable<Finding?> findings)
    {
        var named = new List<Finding>();
        foreach (var finding in findings.OfType<Finding>())
        {
            var isTaken = named.Exists(other => other.Name == finding.Name);
            var port = isTaken && Uri.TryCreate(finding.Where, UriKind.Absolute, out var address) ? address.Port : 0;
            named.Add(isTaken ? finding with { Source = finding.Source with { Name = $"{finding.Name}-{port}" } } : finding);
        }

        return named;
    }

    private static JsonElement Section(params ReadOnlySpan<(string Name, string? Value)> settings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in settings)
            {
                if (value is not null) json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }
}
