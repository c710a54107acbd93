namespace Dragoman.Routing;

/// <summary>What must hold of <c>models</c> and <c>roles</c> in a configuration.</summary>
internal static class RoutingRules
{
    /// <summary>Everything that is wrong with them, in the order in which it stands there.</summary>
    public static IEnumerable<RoutingProblem> Problems(DragomanOptions options)
    {
        var problems = new List<RoutingProblem>();
        _ = new ModelMap(options.Models, problems);
        _ = new Roles(options.Roles, problems);
        return problems;
    }

    /// <summary>Ends with all that is wrong, if anything is.</summary>
    /// <exception cref="ConfigException">Something is; the message has a line for each problem.</exception>
    public static void ThrowIfAny(IEnumerable<RoutingProblem> problems)
    {
        var sentences = problems.Select(problem => problem.ToString()).ToList();
        if (sentences.Count > 0) throw new ConfigException(string.Join(Environment.NewLine, sentences));
    }
}
