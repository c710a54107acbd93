using System.Collections.Immutable;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The installed models; a pull adds to them.</summary>
internal sealed class ModelStore(IEnumerable<SimulatedModel> installed)
{
    private ImmutableList<SimulatedModel> models = [.. installed];

    public IReadOnlyList<SimulatedModel> All => Volatile.Read(ref models);

    /// <summary>The model of that name, or null.</summary>
    public SimulatedModel? Find(string name) => All.FirstOrDefault(model => model.IsCalled(name));

    public void Install(SimulatedModel model) => ImmutableInterlocked.Update(ref models, (list, added) => list.Add(added), model);
}
