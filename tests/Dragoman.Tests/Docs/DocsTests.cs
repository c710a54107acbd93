using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Cli;
using Dragoman.Providers.Ollama;

namespace Dragoman.Tests.Docs;

/// <summary>What the documents say is what the program has.</summary>
public sealed partial class DocsTests
{
    private static readonly string[] NotInTheFile = [nameof(DragomanOptions.DefaultModelChosen), nameof(DragomanOptions.UpstreamChosen)];

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [Fact]
    public void Every_option_of_the_command_line_is_documented()
    {
        var root = new RootCommand();
        ServeCommand.AddTo(root);
        var page = File.ReadAllText(Path.Combine(Root, "docs/cli.md"));
        var options = root.Subcommands.Single(command => command.Name == "serve").Options.Where(option => option.Name != "--help").ToList();
        Assert.True(options.Count >= 12);
        Assert.All(options, option => Assert.Contains($"`{option.Name}`", page));
    }

    [Fact]
    public void Every_setting_is_documented_and_in_the_schema()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs/configuration.md"));
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "dragoman.schema.json")));
        var general = schema.RootElement.GetProperty("properties");
        var ollama = schema.RootElement.GetProperty("$defs").GetProperty("ollama").GetProperty("properties");
        foreach (var (type, section) in ((Type, JsonElement)[])[(typeof(DragomanOptions), general), (typeof(FetchOptions), general.GetProperty("fetch").GetProperty("properties")), (typeof(OllamaSettings), ollama), (typeof(OllamaModelSettings), ollama.GetProperty("models").GetProperty("additionalProperties").GetProperty("properties"))])
        {
            var settings = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite && !NotInTheFile.Contains(property.Name)).Select(property => property.Name == "Schema" ? "$schema" : JsonNamingPolicy.CamelCase.ConvertName(property.Name)).ToList();
            Assert.All(settings, setting => Assert.Contains($"`{setting}`", page));
            Assert.Equal(settings.Order(StringComparer.Ordinal), section.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_local_link_leads_somewhere()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Concat(Directory.EnumerateFiles(Root, "*.md")).ToList();
        var links = pages.SelectMany(page => Link().Matches(File.ReadAllText(page)).Select(match => (page, Target: match.Groups["target"].Value))).ToList();
        Assert.True(links.Count > 10);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(link.page)!, link.Target)), $"{link.page}: {link.Target}"));
    }

    [Fact]
    public void Every_approximation_that_an_answer_may_name_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs/api.md"));
        var named = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "\"(?<name>[a-z_.]+=[a-z_]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["name"].Value))
            .Distinct(StringComparer.Ordinal).ToList();
        Assert.True(named.Count > 15);
        Assert.All(named, name => Assert.Contains(name, page));
    }

    [Fact]
    public void The_configuration_of_the_readme_is_valid()
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        var start = readme.IndexOf("```jsonc", StringComparison.Ordinal) + "```jsonc".Length;
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-docs-").FullName, "dragoman.json");
        File.WriteAllText(file, readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]);
        var options = ConfigFile.Load(file);
        Assert.Equal(3, options.Models.Count);
        Assert.Equal(65536, OllamaSettings.Read("ollama", options.Providers["ollama"]).NumCtx);
    }

    [Fact]
    public void A_misspelt_setting_is_named_with_its_line()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-docs-").FullName, "dragoman.json");
        File.WriteAllText(file, "{\n  // the port\n  \"prot\": 1\n}");
        Assert.Equal($"{file} (line 3): there is no setting 'prot' (docs/configuration.md lists all)", Assert.Throws<ConfigException>(() => ConfigFile.Load(file)).Message);
    }

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
