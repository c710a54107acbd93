using System.CommandLine;
using Dragoman.Cli;
using Dragoman.Providers.Ollama;

namespace Dragoman.Tests.Cli;

/// <summary>The command line, the environment and the file become one set of settings. Not parallel: the environment belongs to the process.</summary>
[CollectionDefinition(nameof(ServeOptionsTests), DisableParallelization = true)]
public sealed class EnvironmentCollection;

[Collection(nameof(ServeOptionsTests))]
public sealed class ServeOptionsTests
{
    [Fact]
    public void The_command_line_comes_before_the_environment_and_that_before_the_file()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-options-").FullName, "dragoman.json");
        File.WriteAllText(file, """{ "port": 1, "key": "file", "defaultModel": "file", "providers": { "ollama": { "numCtx": 5000, "url": "http://file:1" } } /* kept */ }""");
        Assert.Equal((1, "file", "file", "http://file:1"), Summary(Read(["--config", file])));
        var environment = new Dictionary<string, string> { ["PORT"] = "2", ["DRAGOMAN_KEY"] = "env", ["DEFAULT_MODEL"] = "env", ["OLLAMA_HOST"] = "env:2" };
        Assert.Equal((2, "env", "env", "env:2"), Summary(Read(["--config", file], environment)));
        Assert.Equal((2, "env", "env", "http://url"), Summary(Read(["--config", file], new Dictionary<string, string>(environment) { ["OLLAMA_URL"] = "http://url" })));
        var options = Read(["--config", file, "-p", "3", "--key", "line", "-d", "line", "-u", "http://line"], environment);
        Assert.Equal((3, "line", "line", "http://line"), Summary(options));
        // What the command line doesn't say of a provider stays as the file has it.
        Assert.Equal(5000, OllamaSettings.Read("ollama", options.Providers["ollama"]).NumCtx);
    }

    [Fact]
    public void Without_anything_the_defaults_hold_and_nothing_is_chosen()
    {
        var options = Read([]);
        Assert.Equal(("127.0.0.1", 3000, "llama3.1"), (options.Host, options.Port, options.DefaultModel));
        Assert.False(options.UpstreamChosen || options.DefaultModelChosen);
        Assert.True(Read(["-d", "qwen3:8b"]).DefaultModelChosen);
        Assert.True(Read(["-u", "http://x"]).UpstreamChosen);
    }

    [Fact]
    public void Gemini_is_the_default_when_the_command_line_names_it_and_waits_behind_Ollama_when_only_a_key_lies_about()
    {
        var asked = Read(["--gemini-key", "K", "--gemini-url", "http://x"]);
        Assert.Equal(["gemini"], asked.Providers.Keys);
        Assert.Equal(("K", "http://x", true), (asked.Providers["gemini"].GetProperty("apiKey").GetString(), asked.Providers["gemini"].GetProperty("url").GetString(), asked.UpstreamChosen));
        var vertex = Read(["--vertex-project", "p", "--vertex-location", "europe-west4"]);
        Assert.Equal(("p", "europe-west4"), (vertex.Providers["gemini"].GetProperty("project").GetString(), vertex.Providers["gemini"].GetProperty("location").GetString()));
        Assert.Equal(["ollama", "gemini"], Read(["--gemini-key", "K", "-u", "http://x"]).Providers.Keys);
        var found = Read([], new Dictionary<string, string> { ["GEMINI_API_KEY"] = "K" });
        Assert.Equal(["ollama", "gemini"], found.Providers.Keys);
        Assert.False(found.UpstreamChosen);
        Assert.Equal(["ollama"], Read(["-u", "http://x"], new Dictionary<string, string> { ["GOOGLE_API_KEY"] = "K" }).Providers.Keys);
    }

    [Fact]
    public void Mappings_are_pairs_or_an_object()
    {
        var options = Read(["-m", "claude-a=x:1", "-m", "claude-b=ollama/y", "--model-map", """{"claude-c":["z","w"]}"""]);
        Assert.Equal(["\"x:1\"", "\"ollama/y\"", "[\"z\",\"w\"]"], options.Models.Values.Select(value => value.GetRawText()));
        Assert.Contains("claude=ollama", Assert.Single(Read(["-m", "nonsense"]).Problems.Sentences));
    }

    [Fact]
    public void The_usual_default_model_is_chosen_too_when_the_file_says_it()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-options-").FullName, "dragoman.json");
        File.WriteAllText(file, """{ "defaultModel": "llama3.1" }""");
        Assert.True(Read(["--config", file]).DefaultModelChosen);
        File.WriteAllText(file, """{ "port": 5 }""");
        Assert.False(Read(["--config", file]).DefaultModelChosen);
    }

    [Theory]
    [InlineData("""{"port":70000}""", "port: expected a")]
    [InlineData("""{"port":-1}""", "port: expected a")]
    [InlineData("""{"pingIntervalSeconds":0}""", "pingIntervalSeconds: expected a")]
    [InlineData("""{"firstEventGraceSeconds":-1}""", "firstEventGraceSeconds: expected a")]
    [InlineData("""{"idleTimeoutSeconds":1e9}""", "idleTimeoutSeconds: expected a")]
    [InlineData("""{"fetch":{"timeoutSeconds":0}}""", "fetch.timeoutSeconds: expected a")]
    [InlineData("""{"fetch":{"maxBytes":0}}""", "fetch.maxBytes: expected a")]
    [InlineData("""{"defaultModel":""}""", "defaultModel")]
    public void A_setting_out_of_its_range_is_refused_by_name(string json, string named)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dragoman-options-").FullName, "dragoman.json");
        File.WriteAllText(file, json);
        var options = Read(["--config", file]);
        Assert.Contains(named, Assert.Throws<ConfigException>(() => ServeCommand.Build(options, TextWriter.Null)).Message);
    }

    [Fact]
    public void A_key_from_an_empty_environment_variable_is_no_key()
    {
        const string variable = "DRAGOMAN_TEST_EMPTY_KEY";
        Environment.SetEnvironmentVariable(variable, "");
        var options = new DragomanOptions { Host = "0.0.0.0", Key = $"env:{variable}", Port = 0 };
        Assert.Contains(variable, Assert.Throws<ConfigException>(() => ServeCommand.Build(options, TextWriter.Null)).Message);
    }

    [Theory]
    [InlineData("0.0.0.0", null, false)]
    [InlineData("0.0.0.0", "secret", true)]
    [InlineData("127.0.0.1", null, true)]
    [InlineData("::1", null, true)]
    public async Task Anything_but_loopback_needs_a_key(string host, string? key, bool starts)
    {
        var options = new DragomanOptions { Host = host, Key = key, Port = 0 };
        if (starts) await ServeCommand.Build(options, TextWriter.Null).DisposeAsync();
        else Assert.Contains("--key", Assert.Throws<ConfigException>(() => ServeCommand.Build(options, TextWriter.Null)).Message);
    }

    private static (int, string?, string, string) Summary(DragomanOptions options) =>
        (options.Port, options.Key, options.DefaultModel, options.Providers["ollama"].GetProperty("url").GetString()!);

    private static DragomanOptions Read(string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] known = ["PORT", "DRAGOMAN_KEY", "DEFAULT_MODEL", "OLLAMA_HOST", "OLLAMA_URL", "GEMINI_API_KEY", "GOOGLE_API_KEY"];
        var before = known.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        try
        {
            foreach (var name in known) Environment.SetEnvironmentVariable(name, environment?.GetValueOrDefault(name));
            var command = new Command("serve");
            var reader = new ServeOptions();
            reader.AddTo(command);
            return reader.Read(command.Parse(arguments));
        }
        finally
        {
            foreach (var (name, value) in before) Environment.SetEnvironmentVariable(name, value);
        }
    }
}
