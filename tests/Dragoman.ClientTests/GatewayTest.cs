namespace Dragoman.ClientTests;

/// <summary>A test with an upstream and a gateway of its own; the gateway's log stands in the output of a failed test.</summary>
public abstract class GatewayTest(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>The test's upstream and gateway.</summary>
    protected GatewayWorld World { get; } = new();

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => World.InitializeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        output.WriteLine(World.Gateway.Output);
        await World.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
