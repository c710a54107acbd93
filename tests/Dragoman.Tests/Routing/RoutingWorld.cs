using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Routing;
using Dragoman.Tests.Providers;
using Dragoman.Tokens;

namespace Dragoman.Tests.Routing;

/// <summary>A router over providers <c>main</c> and <c>other</c> that list some models, without any I/O.</summary>
internal sealed class RoutingWorld
{
    /// <summary>Makes it of a configuration's <c>models</c> and <c>roles</c>, as JSON.</summary>
    public RoutingWorld(string configuration)
    {
        using var json = JsonDocument.Parse(configuration, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var options = new DragomanOptions { UpstreamChosen = true };
        if (json.RootElement.TryGetProperty("models", out var models)) foreach (var entry in models.EnumerateObject()) options.Models[entry.Name] = entry.Value.Clone();
        if (json.RootElement.TryGetProperty("roles", out var roles)) foreach (var entry in roles.EnumerateObject()) options.Roles[entry.Name] = entry.Value.Clone();
        var providers = new ProviderSet(("main", new Lister("here")), ("other", new Lister("there")));
        Tokens = new TokenEstimator(TokenCounterKind.Calibrated, new Calibration());
        var problems = new ConfigProblems();
        Router = new Router(options, providers, new ModelCatalog(providers, TimeProvider.System), Tokens, new SessionMemory(), problems);
        problems.ThrowIfAny();
    }

    /// <summary>The router.</summary>
    public Router Router { get; }

    /// <summary>Its estimates.</summary>
    public TokenEstimator Tokens { get; }

    /// <summary>Where a request goes.</summary>
    public Task<Route> RouteAsync(MessagesRequest request) => Router.RouteAsync(request, CancellationToken.None).AsTask();

    /// <summary>The targets of a request, with commas.</summary>
    public async Task<string> TargetsAsync(MessagesRequest request) => string.Join(", ", (await RouteAsync(request)).Targets);

    /// <summary>A request with one message of the user.</summary>
    /// <param name="model">What is asked for.</param>
    /// <param name="fields">Further fields, each with a comma behind it.</param>
    /// <param name="content">The message's text.</param>
    /// <param name="headers">Headers by name and value in turn.</param>
    public static MessagesRequest Ask(string model = "claude-opus-5-5", string fields = "", string content = "hi", params string[] headers) => Parse(
        $$"""{"model":"{{model}}","max_tokens":1000,{{fields}}"messages":[{"role":"user","content":"{{content}}"}]}""", headers);

    /// <summary>Any request.</summary>
    public static MessagesRequest Parse(string body, params string[] headers) => MessagesParser.Parse(Encoding.UTF8.GetBytes(body)) with { Client = Head(headers) };

    /// <summary>A request that Claude Code sent once, with its headers.</summary>
    public static MessagesRequest Recorded(string name, params string[] more)
    {
        using var all = JsonDocument.Parse(CaseFolder.ClaudeCode.Read("headers", ".json")!);
        var headers = all.RootElement.GetProperty(name).GetProperty("headers").EnumerateObject().SelectMany(header => (string[])[header.Name, header.Value.GetString()!]);
        return MessagesParser.Parse(CaseFolder.ClaudeCode.Read(name, ".json")!, counting: name.Contains("count", StringComparison.Ordinal)) with { Client = Head([.. headers, .. more]) };
    }

    private static ClientHead Head(string[] headers) => new() { Headers = [.. headers.Chunk(2).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1]))] };

    private sealed class Lister(string model) : IProvider
    {
        public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<ModelInfo>>([new ModelInfo { Name = model, Tools = true }]);

        public IAsyncEnumerable<ReplyEvent> StreamAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int?> CountTokensAsync(MessagesRequest request, Target target, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
