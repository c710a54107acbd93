using System.CommandLine;
using System.Text.Json;
using Dragoman.Tokens;

namespace Dragoman.Cli;

/// <summary>The options of <c>dragoman serve</c>, and how they, the environment and the configuration file become one set of settings: in this order of precedence.</summary>
internal sealed class ServeOptions
{
    private readonly Option<int?> _port = new("--port", "-p") { Description = "Port to listen on; 0 takes a free one [PORT, 3000]" };
    private readonly Option<string?> _host = new("--host") { Description = "Address to listen on; anything but loopback needs a key [127.0.0.1]" };
    private readonly Option<string?> _ollamaUrl = new("--ollama-url", "-u") { Description = "Ollama's address [OLLAMA_URL, OLLAMA_HOST, http://localhost:11434]" };
    private readonly Option<string?> _geminiKey = new("--gemini-key") { Description = "Key of the Gemini API or of Vertex AI express [GEMINI_API_KEY, GOOGLE_API_KEY]" };
    private readonly Option<string?> _geminiUrl = new("--gemini-url") { Description = "Gemini's address, for a gateway in between [Google's own]" };
    private readonly Option<string?> _vertexProject = new("--vertex-project") { Description = "Google Cloud project for Gemini on Vertex AI; credentials as Google's own tools find them" };
    private readonly Option<string?> _vertexLocation = new("--vertex-location") { Description = "Location of Vertex AI [GOOGLE_CLOUD_LOCATION, global]" };
    private readonly Option<string[]> _modelMap = new("--model-map", "-m") { Description = "claude=ollama, repeatable, or a JSON object; * is a wildcard", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _defaultModel = new("--default-model", "-d") { Description = "Model for Claude names that nothing else matches [DEFAULT_MODEL, llama3.1]" };
    private readonly Option<string?> _key = new("--key") { Description = "Key that clients must show [DRAGOMAN_KEY]" };
    private readonly Option<string?> _config = new Option<string?>("--config") { Description = "Configuration file [dragoman.json, if it is there]" }.NotEmpty();
    private readonly Option<string[]> _allowHost = new("--allow-host") { Description = "Host name by which clients may address the gateway, repeatable" };
    private readonly Option<string[]> _allowOrigin = new("--allow-origin") { Description = "Origin of a web page that may use the gateway, repeatable" };
    private readonly Option<ThinkingUnsupported?> _thinkingUnsupported = new Option<ThinkingUnsupported?>("--thinking-unsupported") { Description = "When a client insists on thinking and the model can't: error or ignore [error]" }.Of("error", "ignore");
    private readonly Option<TokenCounterKind?> _tokenCounter = new Option<TokenCounterKind?>("--token-counter") { Description = "calibrated (learns from the model's real counts) or words [calibrated]" }.Of("calibrated", "words");
    private readonly Option<string?> _record = new Option<string?>("--record") { Description = "Folder that gets every exchange, for bug reports and `dragoman replay`; keys are left out, conversations are not" }.NotEmpty();
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log translated requests and ignored fields too" };

    /// <summary>Adds all options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_port, _host, _ollamaUrl, _geminiKey, _geminiUrl, _vertexProject, _vertexLocation, _modelMap, _defaultModel, _key, _config, _allowHost, _allowOrigin, _thinkingUnsupported, _tokenCounter, _record, _verbose])
        {
            command.Add(option);
        }
    }

    /// <summary>Where exchanges are recorded; null: nowhere.</summary>
    public string? RecordDirectory(ParseResult parsed) => parsed.GetValue(_record);

    /// <summary>What the configuration file alone says; the defaults when there is none.</summary>
    public DragomanOptions ReadFile(ParseResult parsed) => System.IO.File.Exists(File(parsed)) ? ConfigFile.Read(File(parsed)) : new DragomanOptions();

    /// <summary>The configuration file, which need not be there.</summary>
    public string File(ParseResult parsed) => parsed.GetValue(_config) ?? "dragoman.json";

    /// <summary>Makes the settings. What is wrong with a value or the configuration file is among <see cref="DragomanOptions.Problems"/>.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mustExist">The configuration file must be there; otherwise only one that the command line names.</param>
    public DragomanOptions Read(ParseResult parsed, bool mustExist = false)
    {
        var file = File(parsed);
        var options = mustExist || parsed.GetValue(_config) is not null || System.IO.File.Exists(file) ? ConfigFile.Read(file) : new DragomanOptions();
        options.UpstreamChosen = options.Providers.Count > 0 || options.Models.Count > 0 || options.Roles.Count > 0;
        if ((parsed.GetValue(_port) ?? EnvironmentPort(options.Problems)) is { } port) options.Port = Over(options, "port", port);
        if (parsed.GetValue(_host) is { } address) options.Host = Over(options, "host", address);
        if ((parsed.GetValue(_key) ?? Environment("DRAGOMAN_KEY")) is { } key) options.Key = Over(options, "key", key);
        options.ThinkingUnsupported = parsed.GetValue(_thinkingUnsupported) ?? options.ThinkingUnsupported;
        options.TokenCounter = parsed.GetValue(_tokenCounter) ?? options.TokenCounter;
        options.Verbose |= parsed.GetValue(_verbose);
        foreach (var host in parsed.GetValue(_allowHost) ?? []) options.AllowedHosts.Add(host);
        foreach (var origin in parsed.GetValue(_allowOrigin) ?? []) options.AllowedOrigins.Add(origin);
        if ((parsed.GetValue(_defaultModel) ?? Environment("DEFAULT_MODEL")) is { } model) options.DefaultModel = Over(options, "defaultModel", model);
        foreach (var entry in parsed.GetValue(_modelMap) ?? []) AddMapping(options, entry);
        ReadProviders(parsed, options);
        return options;
    }

    // The first provider is the default one: what the command line names, then the file's, then what the environment has.
    private void ReadProviders(ParseResult parsed, DragomanOptions options)
    {
        var ollamaUrl = parsed.GetValue(_ollamaUrl);
        if (ollamaUrl is not null) Choose(options, "ollama", ("url", ollamaUrl));
        (string, string?)[] gemini = [("apiKey", parsed.GetValue(_geminiKey)), ("url", parsed.GetValue(_geminiUrl)), ("project", parsed.GetValue(_vertexProject)), ("location", parsed.GetValue(_vertexLocation))];
        if (Array.Exists(gemini, setting => setting.Item2 is not null)) Choose(options, "gemini", gemini);
        // What the environment has is no order, only where discovery may look.
        options.UpstreamOpen = !options.UpstreamChosen;
        if (ollamaUrl is null && (Environment("OLLAMA_URL") ?? Environment("OLLAMA_HOST")) is { } url) Choose(options, "ollama", ("url", url));
    }

    private static void Choose(DragomanOptions options, string provider, params (string Name, string? Value)[] settings)
    {
        options.UpstreamChosen = true;
        ProviderSection.Set(options, provider, settings);
    }

    // What is wrong with it now is not the file's fault.
    private static T Over<T>(DragomanOptions options, string setting, T value)
    {
        options.Problems.Source?.Forget(setting);
        return value;
    }

    private static void AddMapping(DragomanOptions options, string entry)
    {
        options.UpstreamChosen = true;
        if (entry.TrimStart().StartsWith('{'))
        {
            foreach (var (pattern, models) in options.Problems.Try("", () => ConfigFile.ParseModelMap(entry)) ?? new Dictionary<string, JsonElement>()) options.Models[pattern] = models;
            return;
        }

        var equals = entry.IndexOf('=');
        if (equals <= 0 || equals == entry.Length - 1) options.Problems.AddOutside($"--model-map: expected claude=ollama or a JSON object, got '{entry}'");
        else options.Models[entry[..equals].Trim()] = JsonString(entry[(equals + 1)..].Trim());
    }

    private static JsonElement JsonString(string value) => JsonDocument.Parse($"\"{JsonEncodedText.Encode(value)}\"").RootElement;

    private static int? EnvironmentPort(ConfigProblems problems)
    {
        if (Environment("PORT") is not { } text) return null;
        if (int.TryParse(text, out var port) && port is >= 0 and <= 65535) return port;
        problems.AddOutside($"PORT: '{text}' is not a port");
        return null;
    }

    private static string? Environment(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
