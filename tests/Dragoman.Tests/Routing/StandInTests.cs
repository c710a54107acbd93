using System.Text.Json;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Routing;
using Dragoman.Tokens;

namespace Dragoman.Tests.Routing;

/// <summary>A provider that knows what stands for Claude's models, as Gemini's does.</summary>
public sealed class StandInTests
{
    private static readonly ModelInfo[] Listed =
    [
        new() { Name = "big-pro", Tools = true, StandsFor = ["opus"] }, new() { Name = "fast", Tools = true, StandsFor = ["sonnet", "haiku"] }, new() { Name = "other", Tools = true },
    ];

    [Theory]
    [InlineData("claude-opus-5-5", "google/big-pro")]
    [InlineData("claude-opus-4-5", "google/big-pro")]
    [InlineData("claude-haiku-4-5-20251001[1m]", "google/fast")]
    [InlineData("claude-fable-5", "google/fast")]
    [InlineData("other", "google/other")]
    [InlineData("unheard-of", "google/unheard-of")]
    public async Task Each_tier_has_its_own_stand_in(string asked, string target) => Assert.Equal(target, (await RouteAsync(asked))[0].ToString());

    [Theory]
    [InlineData("claude-opus-5-5", "google/mine")]
    [InlineData("claude-haiku-4-5", "google/fast")]
    public async Task What_the_user_says_of_a_tier_comes_first(string asked, string target) =>
        Assert.Equal(target, (await RouteAsync(asked, options => options.Models["claude-opus-4-5"] = JsonDocument.Parse("\"mine\"").RootElement))[0].ToString());

    [Fact]
    public async Task A_default_model_that_was_chosen_stands_for_all() =>
        Assert.Equal("google/chosen", (await RouteAsync("claude-opus-5-5", options => options.DefaultModel = "chosen"))[0].ToString());

    [Fact]
    public async Task While_the_list_cannot_be_had_the_name_goes_to_the_provider_as_it_is() =>
        Assert.Equal("google/claude-opus-5-5", (await RouteAsync("claude-opus-5-5", models: null))[0].ToString());

    [Fact]
    public async Task While_nobody_named_an_upstream_and_the_usual_one_was_not_seen_the_demo_answers()
    {
        var providers = new ProviderSet(("ollama", new Lister(null)), ("google", new Lister(Listed)), (ProviderSet.DemoName, new Lister([])));
        var router = Routing(new DragomanOptions(), providers);
        Assert.Equal("demo/demo", (await router.RouteAsync("claude-opus-5-5", CancellationToken.None)).Targets[0].ToString());
        Assert.Equal("demo/demo", (await router.DefaultTargetAsync(CancellationToken.None)).ToString());
        // Whoever names a provider means it.
        Assert.Equal("google/x", (await router.RouteAsync("google/x", CancellationToken.None)).Targets[0].ToString());
        Assert.Equal("ollama/x", (await Routing(new DragomanOptions { UpstreamChosen = true }, providers).RouteAsync("x", CancellationToken.None)).Targets[0].ToString());
    }

    private static Task<IReadOnlyList<Target>> RouteAsync(string asked, Action<DragomanOptions>? configure = null) => RouteAsync(asked, Listed, configure);

    private static async Task<IReadOnlyList<Target>> RouteAsync(string asked, ModelInfo[]? models, Action<DragomanOptions>? configure = null)
    {
        var options = new DragomanOptions { UpstreamChosen = true };
        configure?.Invoke(options);
        var providers = new ProviderSet(("google", new Lister(models)));
        return (await Routing(options, providers).RouteAsync(asked, CancellationToken.None)).Targets;
    }

    private static Router Routing(DragomanOptions options, ProviderSet providers) =>
        new(options, providers, new ModelCatalog(providers, TimeProvider.System), new TokenEstimator(TokenCounterKind.Words, new Calibration()), new SessionMemory(), new ConfigProblems());

    /// <summary>Has these models, or can't be asked.</summary>
    private sealed class Lister(ModelInfo[]? models) : IProvider
    {
        public bool TakesClaudeNames => true;

        public ValueTask<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken) =>
            models is null ? throw new UpstreamException(new UpstreamError(UpstreamErrorKind.Unreachable, "down")) : ValueTask.FromResult<IReadOnlyList<ModelInfo>>(models);

        public IAsyncEnumerable<ReplyEvent> StreamAsync(Dragoman.Messages.MessagesRequest request, Target target, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int?> CountTokensAsync(Dragoman.Messages.MessagesRequest request, Target target, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
