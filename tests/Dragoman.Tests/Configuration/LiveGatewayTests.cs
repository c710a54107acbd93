using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Cli;
using Dragoman.Http;
using Dragoman.Providers;
using Dragoman.Routing;
using Dragoman.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Tests.Configuration;

/// <summary>What outlives an exchange of the configuration, and what doesn't.</summary>
public sealed class LiveGatewayTests
{
    [Fact]
    public async Task A_provider_whose_settings_are_as_they_were_stays_with_all_that_it_has_learned()
    {
        await using var app = ServeCommand.Build(Options(), TextWriter.Null);
        var live = app.Services.GetRequiredService<LiveGateway>();
        var before = live.Current;
        var differences = live.Exchange(Options(options =>
        {
            options.DefaultModel = "x";
            options.PingIntervalSeconds = 5;
            options.Models["a"] = JsonDocument.Parse("\"two/x\"").RootElement;
            // The same, written otherwise.
            options.Providers["one"] = JsonDocument.Parse("""{ "url": "http://localhost:1",  "type": "ollama" }""").RootElement;
            options.Providers["two"] = JsonDocument.Parse("""{ "type": "ollama", "url": "http://localhost:3" }""").RootElement;
        }));
        Assert.Equal("providers: changed two; defaultModel; models: added a; pingIntervalSeconds", differences);
        Assert.NotSame(before, live.Current);
        Assert.Same(before.Providers["one"], live.Current.Providers["one"]);
        Assert.Same(before.Providers["demo"], live.Current.Providers["demo"]);
        Assert.NotSame(before.Providers["two"], live.Current.Providers["two"]);
        // Whoever asks from outside gets what is at work.
        Assert.Same(live.Current.Providers, app.Services.GetRequiredService<ProviderSet>());
        Assert.Same(live.Current.Router, app.Services.GetRequiredService<Router>());
        Assert.Same(live.Current.Catalog, app.Services.GetRequiredService<ModelCatalog>());
        Assert.Equal("x", app.Services.GetRequiredService<DragomanOptions>().DefaultModel);
    }

    [Theory]
    [InlineData(nameof(DragomanOptions.IdleTimeoutSeconds))]
    [InlineData(nameof(DragomanOptions.ThinkingUnsupported))]
    [InlineData(nameof(DragomanOptions.TokenCounter))]
    [InlineData(nameof(DragomanOptions.Fetch))]
    [InlineData(nameof(DragomanOptions.Key))]
    public async Task A_general_setting_that_a_provider_uses_makes_it_anew(string setting)
    {
        await using var app = ServeCommand.Build(Options(), TextWriter.Null);
        var live = app.Services.GetRequiredService<LiveGateway>();
        var before = live.Current.Providers["one"];
        live.Exchange(Options(options =>
        {
            if (setting == nameof(DragomanOptions.IdleTimeoutSeconds)) options.IdleTimeoutSeconds = 5;
            if (setting == nameof(DragomanOptions.ThinkingUnsupported)) options.ThinkingUnsupported = ThinkingUnsupported.Ignore;
            if (setting == nameof(DragomanOptions.TokenCounter)) options.TokenCounter = TokenCounterKind.Words;
            if (setting == nameof(DragomanOptions.Fetch)) options.Fetch.MaxBytes = 5;
            if (setting == nameof(DragomanOptions.Key)) options.Key = "k";
        }));
        Assert.NotSame(before, live.Current.Providers["one"]);
    }

    [Fact]
    public void Providers_read_no_general_setting_whose_change_would_not_reach_them()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent!;
        var unseen = string.Join('|', SettingsChanges.NotForProviders.Where(name => name[0] != '$').Select(name => char.ToUpperInvariant(name[0]) + name[1..]));
        var read = Directory.GetDirectories(Path.Combine(folder.FullName, "src/Dragoman/Providers")).SelectMany(provider => Directory.EnumerateFiles(provider, "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), $@"\b_?([cC]ontext\.|resolver\.)?[oO]ptions\.({unseen})\b.*", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Value));
        // Whether there is a key, which SettingsChanges knows of.
        Assert.Equal(["context.Options.Key is not null)"], read);
    }

    [Fact]
    public async Task A_secret_file_that_changed_makes_its_provider_anew()
    {
        using var folder = new ConfigFolder();
        File.WriteAllText(folder.At("k"), "one");
        void AddKey(DragomanOptions options) => options.Providers["two"] = JsonDocument.Parse($$"""{ "type": "ollama", "apiKey": "file:{{folder.At("k")}}" }""").RootElement;
        await using var app = ServeCommand.Build(Options(AddKey), TextWriter.Null);
        var live = app.Services.GetRequiredService<LiveGateway>();
        var before = live.Current;
        Assert.Equal("", live.Exchange(Options(AddKey)));
        File.WriteAllText(folder.At("k"), "two");
        Assert.Equal("providers: changed two", live.Exchange(Options(AddKey)));
        Assert.NotSame(before.Providers["two"], live.Current.Providers["two"]);
        Assert.Same(before.Providers["one"], live.Current.Providers["one"]);
    }

    [Fact]
    public async Task A_wrong_configuration_changes_nothing()
    {
        await using var app = ServeCommand.Build(Options(), TextWriter.Null);
        var live = app.Services.GetRequiredService<LiveGateway>();
        var before = live.Current;
        var wrong = Assert.Throws<ConfigException>(() => live.Exchange(Options(options => (options.PingIntervalSeconds, options.DefaultModel) = (0, " "))));
        Assert.Equal(["defaultModel: a model's name is needed", "pingIntervalSeconds: 0 is out of range (seconds, more than 0 to 604,800)"], wrong.Problems);
        Assert.Same(before, live.Current);
    }

    private static DragomanOptions Options(Action<DragomanOptions>? configure = null)
    {
        var options = new DragomanOptions { Port = 0, UpstreamChosen = true };
        options.Providers["one"] = JsonDocument.Parse("""{"type":"ollama","url":"http://localhost:1"}""").RootElement;
        options.Providers["two"] = JsonDocument.Parse("""{"type":"ollama","url":"http://localhost:2"}""").RootElement;
        configure?.Invoke(options);
        return options;
    }
}
