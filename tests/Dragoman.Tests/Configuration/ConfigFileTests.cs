using System.Text;
using Dragoman.Cli;

namespace Dragoman.Tests.Configuration;

/// <summary>What is said of wrong files: all at once, each with its line, its path, and what is allowed.</summary>
public sealed class ConfigFileTests
{
    public static TheoryData<string, string[]> Wrong => new()
    {
        { """{ "prot": 3000 }""", ["dragoman.json (line 1): prot: there is no such setting; did you mean 'port'?"] },
        { "{\n  // a comment\n  \"ping_interval_seconds\": 1,\n}", ["dragoman.json (line 3): ping_interval_seconds: there is no such setting; did you mean 'pingIntervalSeconds'?"] },
        { """{ "idleTimeout": 5 }""", ["dragoman.json (line 1): idleTimeout: there is no such setting; did you mean 'idleTimeoutSeconds'?"] },
        { """{ "fetch": { "proxy": true } }""", ["dragoman.json (line 1): fetch.proxy: there is no such setting; there are: enabled, allowPrivateHosts, maxBytes, timeoutSeconds"] },
        { """{ "port": "3000" }""", ["dragoman.json (line 1): port: expected a whole number from 0 to 65535, got \"3000\""] },
        { """{ "port": 70000 }""", ["dragoman.json (line 1): port: expected a whole number from 0 to 65535, got 70000"] },
        { """{ "port": 30.5 }""", ["dragoman.json (line 1): port: expected a whole number from 0 to 65535, got 30.5"] },
        { """{ "pingIntervalSeconds": 0 }""", ["dragoman.json (line 1): pingIntervalSeconds: expected a number above 0, at most 604800, got 0"] },
        { """{ "firstEventGraceSeconds": -1 }""", ["dragoman.json (line 1): firstEventGraceSeconds: expected a number from 0 to 604800, got -1"] },
        { """{ "verbose": "yes" }""", ["dragoman.json (line 1): verbose: expected true or false, got \"yes\""] },
        { """{ "tokenCounter": "word" }""", ["dragoman.json (line 1): tokenCounter: expected \"calibrated\" or \"words\", got \"word\"; did you mean \"words\"?"] },
        { """{ "allowedHosts": "a.example" }""", ["dragoman.json (line 1): allowedHosts: expected a list of text, got \"a.example\""] },
        { "{ \"allowedHosts\": [\n\"a.example\",\n 5] }", ["dragoman.json (line 3): allowedHosts[1]: expected text, got 5"] },
        { """{ "models": { "claude-*": [] } }""", ["dragoman.json (line 1): models.claude-*: expected at least 1 of them, got an empty list"] },
        { """{ "models": { "claude-*": 5 } }""", ["dragoman.json (line 1): models.claude-*: expected a model, a list of models in order of preference, or { \"use\": [...], \"strategy\": \"spread\" }, got 5"] },
        { """{ "models": { "claude-*": ["a", {}] } }""", ["dragoman.json (line 1): models.claude-*[1]: 'model' is missing"] },
        { """{ "fetch": null }""", ["dragoman.json (line 1): fetch: expected an object, got null"] },
        { """{ "defaultModel": "" }""", ["dragoman.json (line 1): defaultModel: expected text that is not empty, got \"\""] },
        { "{ \"port\": 1,\n \"port\": 2 }", ["dragoman.json (line 2): port: is written twice; remove one of the two"] },
        { """{ "key": 12345 }""", ["dragoman.json (line 1): key: expected text, got a number"] },
        { """{ "providers": [] }""", ["dragoman.json (line 1): providers: expected an object with a section for each provider, got an empty list"] },
        { """{ "providers": { "ollama": "http://x" } }""", ["dragoman.json (line 1): providers.ollama: expected an object with the provider's settings, got \"http://x\""] },
        { "{ \"providers\": {\n \"ollama\": {\n \"num_ctx\": 5000 } } }", ["dragoman.json (line 3): providers.ollama.num_ctx: there is no such setting; did you mean 'numCtx'?"] },
        { """{ "providers": { "big": { "type": "ollama", "models": { "qwen3.5:8b": { "numCtx": 2 } } } } }""", ["dragoman.json (line 1): providers.big.models.qwen3.5:8b.numCtx: expected a whole number, 4 or more, got 2"] },
        { """{ "providers": { "gemini": { "flavour": "vertx" } } }""", ["dragoman.json (line 1): providers.gemini.flavour: expected \"gemini-api\", \"vertex\" or \"vertex-express\", got \"vertx\"; did you mean \"vertex\"?"] },
        { """{ "providers": { "up": { "type": "openai", "headers": { "api-key": 1, "x": 2 } } } }""", ["dragoman.json (line 1): providers.up.headers.api-key: expected text, got a number", "dragoman.json (line 1): providers.up.headers.x: expected text, got 2"] },
        { "[]", ["dragoman.json (line 1): expected an object, got an empty list"] },
        { "{\n\"port\": 1,\n\"prot\": 2,\n\"verbose\": 3,\n\"providers\": { \"ollama\": { \"url\": 4 } }\n}", ["dragoman.json (line 3): prot: there is no such setting; did you mean 'port'?", "dragoman.json (line 4): verbose: expected true or false, got 3", "dragoman.json (line 5): providers.ollama.url: expected text, got 4"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Everything_that_is_wrong_is_said_with_its_place_and_what_is_allowed(string json, string[] said)
    {
        using var folder = new ConfigFolder(json);
        Assert.Equal(said, folder.Problems());
    }

    [Theory]
    [InlineData("{ \"port\": 1,\n nonsense }", "dragoman.json (line 2): 'n' is an invalid start of a property name")]
    [InlineData("", "dragoman.json: it is empty; a configuration is at least {}")]
    [InlineData(" \n", "dragoman.json: it is empty")]
    public void What_is_no_JSON_is_said_with_its_line(string json, string said)
    {
        using var folder = new ConfigFolder(json);
        Assert.StartsWith(said, Assert.Single(folder.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        using var folder = new ConfigFolder();
        Assert.Contains("missing.json", Assert.Throws<ConfigException>(() => ConfigFile.Load(folder.At("missing.json"))).Message);
    }

    [Fact]
    public void A_folder_and_a_file_in_UTF_16_are_called_so()
    {
        using var folder = new ConfigFolder();
        File.WriteAllText(folder.File, "{}", Encoding.Unicode);
        Assert.Contains("it is written in UTF-16; save it as UTF-8", Assert.Throws<ConfigException>(() => ConfigFile.Load(folder.File)).Message);
        Assert.Contains("it is a folder", Assert.Throws<ConfigException>(() => ConfigFile.Load(Path.GetDirectoryName(folder.File)!)).Message);
    }

    [Fact]
    public void A_byte_order_mark_comments_and_trailing_commas_are_fine()
    {
        using var folder = new ConfigFolder();
        File.WriteAllText(folder.File, "{ /* a */ \"port\": 5, // b\n }", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(5, ConfigFile.Load(folder.File).Port);
    }

    [Fact]
    public void What_the_parts_of_the_gateway_find_is_said_together_with_what_the_file_has()
    {
        using var folder = new ConfigFolder("""
            {
              "host": "nowhere",
              "verbos": true,
              "key": "env:DRAGOMAN_TEST_NOT_SET",
              "providers": {
                "ollama": { "url": "not an address" },
                "cloud": { "type": "opnai" },
                "claude": { "type": "anthropic", "url": "https://api.anthropic.com" },
                "small": { "type": "ollama", "numCtx": "many", "apiKey": "file:secrets/none" }
              },
              "models": { "claude-*": ["olama/qwen3:8b", "gemini/gemini-3.1-pro", "hf.co/x/y", "small/z"] }
            }
            """);
        var options = ConfigFile.Read(folder.File);
        var said = Assert.Throws<ConfigException>(() => ServeCommand.Build(options, TextWriter.Null)).Problems.Select(folder.Short).ToList();
        Assert.Equal(
            [
                "dragoman.json (line 3): verbos: there is no such setting; did you mean 'verbose'?",
                "dragoman.json (line 9): providers.small.numCtx: expected a whole number, 4 or more, got \"many\"",
                "dragoman.json (line 2): host: 'nowhere' is not an IP address (127.0.0.1, 0.0.0.0, ::1, ...)",
                "dragoman.json (line 4): key: the environment variable DRAGOMAN_TEST_NOT_SET is not set or empty",
                said[4],
                "dragoman.json (line 6): providers.ollama: Ollama's address 'not an address' is not a URL; write for example http://localhost:11434",
                "dragoman.json (line 7): providers.cloud.type: there is no provider type 'opnai'; did you mean 'openai'? Known types: anthropic, demo, gemini, ollama, openai",
                "dragoman.json (line 8): providers.claude: api.anthropic.com wants a key. Set apiKey (for example env:ANTHROPIC_API_KEY), authToken or forwardClientKey.",
                "dragoman.json (line 11): models.claude-*[0]: there is no provider 'olama'; did you mean 'ollama'?",
                "dragoman.json (line 11): models.claude-*[1]: there is no provider 'gemini'; give it a section in `providers` (\"gemini\": {}). There are: ollama, cloud, claude, small",
            ],
            said);
        Assert.StartsWith("dragoman.json (line 9): providers.small.apiKey: the file secrets/none can't be read: ", said[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_servers_call_models_after_their_makers_any_word_may_stand_before_the_slash()
    {
        using var folder = new ConfigFolder("""{ "providers": { "openrouter": { "type": "openai", "url": "http://localhost:1/v1" } }, "models": { "*": "gemini/gemini-3", "a": "openroute/x" } }""");
        ServeCommand.Build(ConfigFile.Load(folder.File), TextWriter.Null);
    }

    [Fact]
    public void What_the_command_line_says_instead_is_not_the_files_fault()
    {
        using var folder = new ConfigFolder("""{ "port": 5 }""");
        var options = ConfigFile.Read(folder.File);
        options.Problems.Source!.Forget("port");
        options.Port = 70000;
        Assert.Equal("port: 70000 is not a port (0 to 65535; 0 takes a free one)", Assert.Throws<ConfigException>(() => ServeCommand.Build(options, TextWriter.Null)).Message);
    }
}
