using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Cli;
using Dragoman.Cli.Launch;
using Dragoman.Discovery;
using Dragoman.Providers;
using Dragoman.Providers.Anthropic;
using Dragoman.Providers.Gemini;
using Dragoman.Providers.Ollama;
using Dragoman.Providers.OpenAi;
using Dragoman.Providers.Overrides;
using Dragoman.Routing;
using Dragoman.Tokens;

namespace Dragoman.Tests.Docs;

/// <summary>What the documents say is what the program has.</summary>
public sealed partial class DocsTests
{
    private static readonly string[] NotInTheFile = [nameof(DragomanOptions.DefaultModelChosen), nameof(DragomanOptions.UpstreamChosen)];

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\((?<target>[^)#:]*)#(?<anchor>[^)]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeadingLink();

    [Fact]
    public void Every_option_of_the_command_line_is_documented()
    {
        var root = new RootCommand();
        ServeCommand.AddTo(root);
        foreach (var add in (Action<RootCommand>[])[Dragoman.Cli.Doctor.DoctorCommand.AddTo, CheckStreamCommand.AddTo, ReplayCommand.AddTo, ModelsCommand.AddTo, PullCommand.AddTo, MemoryCommands.AddTo, StatusLineCommand.AddTo, ConfigCommand.AddTo]) add(root);
        var page = File.ReadAllText(Path.Combine(Root, "docs/cli.md"));
        var options = root.Subcommands.Single(command => command.Name == "serve").Options.Where(option => option.Name != "--help").ToList();
        Assert.True(options.Count >= 12);
        RouteCommand.AddTo(root, TextWriter.Null, TextWriter.Null);
        options.AddRange(root.Subcommands.Single(command => command.Name == "route").Options);
        Assert.Contains(options, option => option.Name == "--explain");
        Assert.All(options, option => Assert.Contains($"`{option.Name}`", page));
        var leaves = root.Subcommands.SelectMany(command => command.Subcommands.Count > 0 ? command.Subcommands.Select(inner => (Name: $"{command.Name} {inner.Name}", Command: inner)) : [(command.Name, command)]).ToList();
        Assert.All(leaves, leaf => Assert.Contains($"dragoman {leaf.Name}", page));
        Assert.All(leaves.SelectMany(leaf => leaf.Command.Options).Where(option => option.Name != "--help"), option => Assert.Contains($"`{option.Name}", page));
    }

    [Fact]
    public void Every_command_and_its_own_options_are_documented()
    {
        var root = new RootCommand();
        LaunchCommand.AddTo(root, []);
        InitCommand.AddTo(root);
        CompletionCommand.AddTo(root);
        var page = File.ReadAllText(Path.Combine(Root, "docs/cli.md"));
        Assert.All(root.Subcommands, command => Assert.Contains($"`dragoman {command.Name}", page));
        Assert.All(root.Subcommands.SelectMany(command => command.Options).Where(option => option.Name != "--help"), option => Assert.Contains(option.Name, page));
        Assert.All(Clients.All, client => Assert.Contains($"| `{client.Name}` |", page));
    }

    [Fact]
    public void Every_place_where_models_are_looked_for_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs/cli.md"));
        Assert.All(Sources.Servers.Concat(Sources.Services), source =>
        {
            Assert.Contains($"`{source.Name}`", page);
            if (source.IsLocal) Assert.Contains(new Uri(source.Address!).GetLeftPart(UriPartial.Authority), page);
            Assert.All(source.Variables, variable => Assert.Contains($"`{variable}`", page));
            if (source.AddressVariable is { } address) Assert.Contains($"`{address}`", page);
        });
        Assert.All((string[])[Surroundings.ServersVariable, Surroundings.SecondsVariable], variable => Assert.Contains(variable, page));
    }

    [Fact]
    public void Every_setting_is_documented_and_in_the_schema()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs/configuration.md"));
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "dragoman.schema.json")));
        var general = schema.RootElement.GetProperty("properties");
        var sections = new List<(Type, JsonElement)> { (typeof(DragomanOptions), general), (typeof(FetchOptions), general.GetProperty("fetch").GetProperty("properties")), (typeof(RetryOptions), general.GetProperty("retries").GetProperty("properties")), (typeof(PriceSettings), schema.RootElement.GetProperty("$defs").GetProperty("price").GetProperty("properties")), (typeof(SamplingSettings), schema.RootElement.GetProperty("$defs").GetProperty("sampling").GetProperty("properties")) };
        foreach (var (provider, settings, model) in ((string, Type, Type)[])[("ollama", typeof(OllamaSettings), typeof(OllamaModelSettings)), ("gemini", typeof(GeminiSettings), typeof(GeminiModelSettings)), ("openai", typeof(OpenAiSettings), typeof(OpenAiModelSettings)), ("anthropic", typeof(AnthropicSettings), typeof(AnthropicModelSettings))])
        {
            var section = schema.RootElement.GetProperty("$defs").GetProperty(provider).GetProperty("properties");
            sections.Add((settings, section));
            sections.Add((model, section.GetProperty("models").GetProperty("additionalProperties").GetProperty("properties")));
        }

        foreach (var (type, section) in sections)
        {
            var settings = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && !NotInTheFile.Contains(property.Name)).Select(property => property.Name == "Schema" ? "$schema" : JsonNamingPolicy.CamelCase.ConvertName(property.Name)).ToList();
            Assert.All(settings, setting => Assert.Contains($"`{setting}`", page));
            Assert.Equal(settings.Order(StringComparer.Ordinal), section.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_role_is_documented_and_in_the_schema()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "dragoman.schema.json")));
        var roles = schema.RootElement.GetProperty("properties").GetProperty("roles").GetProperty("properties").EnumerateObject().Select(role => role.Name);
        Assert.Equal(Roles.Names.Order(StringComparer.Ordinal), roles.Order(StringComparer.Ordinal));
        foreach (var page in (string[])["docs/configuration.md", "docs/routing.md"])
        {
            var rows = File.ReadAllLines(Path.Combine(Root, page)).Where(line => Roles.Names.Any(role => line.StartsWith($"| `{role}` |", StringComparison.Ordinal))).Select(line => line.Split('`')[1]);
            // The rows stand in the order of precedence.
            Assert.Equal(Roles.Names, rows);
        }
    }

    [Fact]
    public void Every_local_link_leads_somewhere()
    {
        var links = Pages().SelectMany(page => Link().Matches(File.ReadAllText(page)).Select(match => (page, Target: match.Groups["target"].Value))).ToList();
        Assert.True(links.Count > 10);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(link.page)!, link.Target)), $"{link.page}: {link.Target}"));
    }

    [Fact]
    public void Every_link_to_a_heading_leads_to_one()
    {
        var links = Pages().SelectMany(page => HeadingLink().Matches(File.ReadAllText(page)).Select(match => (
            Page: match.Groups["target"].Value is { Length: > 0 } target ? Path.Combine(Path.GetDirectoryName(page)!, target) : page, Anchor: match.Groups["anchor"].Value))).ToList();
        Assert.True(links.Count > 5);
        Assert.All(links, link => Assert.Contains(link.Anchor, File.ReadLines(link.Page).Where(line => line.StartsWith('#')).Select(Anchor)));
    }

    [Fact]
    public void Every_default_is_the_code_s_in_the_schema_and_on_the_page()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "dragoman.schema.json")));
        var general = schema.RootElement.GetProperty("properties");
        var page = File.ReadAllText(Path.Combine(Root, "docs/configuration.md"));
        var ollama = schema.RootElement.GetProperty("$defs").GetProperty("ollama").GetProperty("properties");
        var checkedDefaults = 0;
        foreach (var (defaults, section) in ((object, JsonElement)[])[(new DragomanOptions(), general), (new FetchOptions(), general.GetProperty("fetch").GetProperty("properties")), (new RetryOptions(), general.GetProperty("retries").GetProperty("properties")), (new OllamaSettings(), ollama)])
        {
            foreach (var setting in section.EnumerateObject())
            {
                if (!setting.Value.TryGetProperty("default", out var stated)) continue;
                var value = defaults.GetType().GetProperty(setting.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)!.GetValue(defaults);
                Assert.Equal(InJson(value), stated.GetRawText());
                var cell = Regex.Match(page, $@"^\| `{setting.Name}` \| (?<default>[^|]*) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["default"].Value;
                Assert.Equal((setting.Name, stated.GetRawText()), (setting.Name, cell.Trim('`')));
                checkedDefaults++;
            }
        }

        Assert.True(checkedDefaults >= 15);
    }

    [Fact]
    public void Every_environment_variable_that_is_read_is_documented()
    {
        var pages = File.ReadAllText(Path.Combine(Root, "docs/cli.md")) + File.ReadAllText(Path.Combine(Root, "docs/configuration.md"));
        var read = InSources(@"Environment(\.GetEnvironmentVariable)?\(""(?<name>[A-Z_]+)""\)");
        Assert.Contains("DRAGOMAN_KEY", read);
        Assert.All(read, name => Assert.Contains($"`{name}`", pages));
    }

    [Fact]
    public void Every_status_and_type_of_an_error_is_documented()
    {
        var rows = File.ReadLines(Path.Combine(Root, "docs/api.md")).Where(line => Regex.IsMatch(line, @"^\| [45][0-9]{2}", RegexOptions.None, TimeSpan.FromSeconds(1))).ToList();
        var errors = InSources(@"(?<name>new(\sApiError)?\([45][0-9]{2}, ""[a-z_]+"")").Select(made => (Status: Regex.Match(made, "[45][0-9]{2}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value, Type: made.Split('"')[1])).ToList();
        Assert.True(errors.Count >= 10);
        Assert.All(errors, error => Assert.Contains(rows, row => row.Split('|')[1].Contains(error.Status, StringComparison.Ordinal) && row.Contains($"`{error.Type}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_approximation_that_an_answer_may_name_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs/api.md"));
        var named = InSources("\"(?<name>[a-z_.]+=[a-z_]+)\"");
        Assert.True(named.Count > 15);
        Assert.All(named, name => Assert.Contains(name, page));
    }

    [Fact]
    public void The_configuration_of_the_readme_is_valid()
    {
        var examples = File.ReadAllText(Path.Combine(Root, "README.md")).Split("```jsonc").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)]).Select(Load).ToList();
        Assert.Equal([3, 3], examples.Select(options => options.Models.Count));
        // The one of several providers is all that a newcomer needs: every model's provider is there, and every section is one that its provider takes.
        using var gemini = new EnvironmentVariable("GEMINI_API_KEY", "key");
        using var openRouter = new EnvironmentVariable("OPENROUTER_API_KEY", "key");
        using var http = new UpstreamHttp();
        var problems = new ConfigProblems();
        var tokens = new TokenEstimator(TokenCounterKind.Words, new Calibration());
        var providers = new ProviderSet(new ProviderContext("", default, http, TimeProvider.System, new IdSource(), tokens, examples[0]), problems);
        Assert.Empty(problems.Sentences);
        Assert.Equal(["demo", "gemini", "ollama", "openrouter"], providers.Names.Order(StringComparer.Ordinal));
        var models = examples[0].Models.Values.SelectMany(target => target.ValueKind == JsonValueKind.Array ? target.EnumerateArray().ToList() : [target]);
        Assert.All(models, model => Assert.True(providers.Has(model.GetString()!.Split('/')[0]), model.GetString()));
        Assert.Equal(65536, OllamaSettings.Read("ollama", examples[1].Providers["ollama"]).NumCtx);
    }

    private static DragomanOptions Load(string json)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-docs-").FullName, "dragoman.json");
        File.WriteAllText(file, json);
        return ConfigFile.Load(file);
    }

    [Fact]
    public void A_misspelt_setting_is_named_with_its_line()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-docs-").FullName, "dragoman.json");
        File.WriteAllText(file, "{\n  // the port\n  \"prot\": 1\n}");
        Assert.Equal($"{file} (line 3): prot: there is no such setting; did you mean 'port'?", Assert.Throws<ConfigException>(() => ConfigFile.Load(file)).Message);
    }

    private static List<string> Pages() => [.. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md"), .. Directory.EnumerateFiles(Root, "*.md")];

    // What GitHub makes of a heading.
    private static string Anchor(string heading) =>
        string.Concat(heading.TrimStart('#').Trim().ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    private static string InJson(object? value) => value switch
    {
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum choice => $"\"{JsonNamingPolicy.CamelCase.ConvertName(choice.ToString())}\"",
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        _ => "null",
    };

    private static List<string> InSources(string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["name"].Value))
            .Distinct(StringComparer.Ordinal),
    ];

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }
}
