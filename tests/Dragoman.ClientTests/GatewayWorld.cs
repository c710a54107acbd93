using Dragoman.ClientTests.Processes;
using Dragoman.Upstreams.Ollama;

namespace Dragoman.ClientTests;

/// <summary>A simulated Ollama that does what prompts say, and the real gateway in front of it. xUnit makes one a class, or one a test.</summary>
public sealed class GatewayWorld : IAsyncLifetime
{
    private readonly OllamaScenario _scenario;
    private readonly string[] _arguments;
    private SimulatedOllama? _ollama;
    private GatewayProcess? _gateway;

    /// <summary>With the agent scenario, and every Claude model answered by one that thinks and calls tools.</summary>
    public GatewayWorld()
        : this(OllamaScenario.Agent())
    {
    }

    internal GatewayWorld(OllamaScenario scenario, params string[] arguments)
    {
        _scenario = scenario;
        _arguments = arguments;
    }

    /// <summary>The model that answers in the place of Claude's.</summary>
    public const string Model = "qwen3:8b";

    /// <summary>Any of Claude's names.</summary>
    public const string ClaudeModel = "claude-opus-5-5";

    /// <summary>The upstream.</summary>
    public SimulatedOllama Ollama => _ollama ?? throw new InvalidOperationException("not started");

    /// <summary>Where the gateway listens.</summary>
    public Uri Url => Gateway.Url;

    /// <summary>The gateway.</summary>
    internal GatewayProcess Gateway => _gateway ?? throw new InvalidOperationException("not started");

    /// <summary>Starts both.</summary>
    public async ValueTask InitializeAsync()
    {
        _ollama = await SimulatedOllama.StartAsync(_scenario);
        _gateway = await GatewayProcess.StartAsync(["--ollama-url", _ollama.Url.ToString(), "-m", $"claude-*={Model}", "-d", Model, .. _arguments]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_ollama is not null) await _ollama.DisposeAsync();
    }
}
