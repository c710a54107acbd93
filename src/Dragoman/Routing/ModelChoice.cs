namespace Dragoman.Routing;

/// <summary>A model of a <see cref="ModelChoice"/>.</summary>
/// <param name="Model"><c>model</c> or <c>provider/model</c>.</param>
/// <param name="Weight">Its share of the load when load is spread, against the weights of the others; 0: only a fallback.</param>
internal readonly record struct WeightedModel(string Model, double Weight = 1);

/// <summary>What a value of <c>models</c> or <c>roles</c> says: which models are asked, and how the first of them is chosen.</summary>
/// <param name="Models">At least one.</param>
/// <param name="Spread">They are equals among which sessions are shared out by weight; else they stand in order of preference.</param>
internal sealed record ModelChoice(IReadOnlyList<WeightedModel> Models, bool Spread = false)
{
    /// <summary>The models in the order in which a session asks them, where load is spread.</summary>
    /// <param name="session">The session's <see cref="Affinity.Key"/>.</param>
    public IReadOnlyList<WeightedModel> InOrderOf(ulong session) => Rendezvous.Order(Models, session, static model => (model.Model, model.Weight));

    /// <summary>These models in order of preference.</summary>
    public static ModelChoice Of(params IEnumerable<string> models) => new([.. models.Select(model => new WeightedModel(model))]);
}
