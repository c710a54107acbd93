using System.Collections.Immutable;

namespace Dragoman.Upstreams.Ollama;

/// <summary>What a runner is started with. A call that needs other values makes Ollama stop the runner and load the model again.</summary>
/// <param name="NumCtx">The context in tokens.</param>
/// <param name="Shift">llama-server's <c>--context-shift</c>, which only a restart can change.</param>
/// <param name="Others">The other options that a model is loaded with (<c>num_gpu</c>, <c>num_batch</c>, ...), as text.</param>
internal sealed record RunnerSettings(int NumCtx, bool Shift, string Others);

/// <summary>A loaded model with one slot of KV cache.</summary>
internal sealed class Runner(SimulatedModel model, RunnerSettings settings)
{
    public SimulatedModel Model { get; } = model;

    public RunnerSettings Settings { get; } = settings;

    /// <summary>The text whose evaluation the slot holds: the last prompt and what was generated after it.</summary>
    public string Slot { get; set; } = "";

    /// <summary>The part (0 to 1) of the prompt that the slot already holds: the longest common beginning.</summary>
    public double ReuseFor(string prompt) => prompt.Length == 0 ? 0 : (double)prompt.AsSpan().CommonPrefixLength(Slot) / prompt.Length;
}

/// <summary>The loaded models, and how often each was loaded.</summary>
internal sealed class Runners
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Runner> loaded = new(StringComparer.OrdinalIgnoreCase);
    private ImmutableDictionary<string, int> loads = ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How often a model was loaded.</summary>
    public int LoadsOf(SimulatedModel model) => Volatile.Read(ref loads).GetValueOrDefault(model.FullName);

    /// <summary>The models in memory.</summary>
    public IReadOnlyList<Runner> Loaded
    {
        get
        {
            lock (gate)
            {
                return [.. loaded.Values];
            }
        }
    }

    /// <summary>The model's runner; a new one with an empty cache when none runs with these settings.</summary>
    public (Runner Runner, bool IsNew) Get(SimulatedModel model, RunnerSettings settings)
    {
        lock (gate)
        {
            if (loaded.TryGetValue(model.FullName, out var runner) && runner.Settings == settings)
            {
                return (runner, false);
            }

            runner = loaded[model.FullName] = new Runner(model, settings);
            loads = loads.SetItem(model.FullName, loads.GetValueOrDefault(model.FullName) + 1);
            return (runner, true);
        }
    }

    /// <summary>Takes the model out of memory.</summary>
    public void Unload(SimulatedModel model)
    {
        lock (gate)
        {
            loaded.Remove(model.FullName);
        }
    }
}
