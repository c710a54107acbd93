using System.Text.RegularExpressions;

namespace Dragoman.Tests;

/// <summary>The layout that docs/architecture.md describes, held by reading the sources.</summary>
public sealed partial class ArchitectureTests
{
    // What each room may use besides itself: Http -> Routing -> Delivery -> Providers -> Tools/Replies -> Messages.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Messages"] = [],
        ["Recording"] = [],
        ["Tokens"] = ["Messages"],
        ["Replies"] = ["Messages", "Tokens"],
        ["Tools"] = ["Messages", "Tokens", "Replies"],
        ["Providers"] = ["Recording", "Messages", "Tokens", "Replies", "Tools"],
        ["Delivery"] = ["Messages", "Tokens", "Replies", "Providers"],
        ["Routing"] = ["Messages", "Tokens", "Replies", "Tools", "Providers", "Delivery"],
        ["Telemetry"] = ["Messages", "Replies", "Providers", "Delivery"],
        ["Discovery"] = ["Replies", "Providers", "Routing"],
        ["Http"] = ["Recording", "Messages", "Tokens", "Replies", "Tools", "Providers", "Delivery", "Routing", "Telemetry"],
    };

    [GeneratedRegex(@"^using Dragoman\.(?<room>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Using();

    [Fact]
    public void Dependencies_point_one_way()
    {
        var wrong = new List<string>();
        foreach (var (file, room) in Sources().Where(source => Allowed.ContainsKey(source.Room)))
        {
            var used = Using().Matches(File.ReadAllText(file)).Select(match => match.Groups["room"].Value).Where(other => other != room);
            wrong.AddRange(used.Except(Allowed[room]).Select(other => $"{file} uses {other}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Only_the_list_of_providers_names_one_from_outside()
    {
        var providers = Directory.GetDirectories(Path.Combine(Root, "src/Dragoman/Providers")).Select(Path.GetFileName).Except(["Media", "Overrides", "Keys"]).ToList();
        Assert.Contains("Ollama", providers);
        var named = new Regex($@"\b(using Dragoman\.Providers\.|Providers\.|^\s*\[""\w+""\] = context => new )?({string.Join('|', providers)})\.\w*Provider\b", RegexOptions.Multiline, TimeSpan.FromSeconds(1));
        var outside = Sources().Where(source => !providers.Exists(provider => source.File.Contains($"/Providers/{provider}/", StringComparison.Ordinal)));
        var naming = outside.Where(source => File.ReadAllText(source.File) is var text && (named.IsMatch(text) || providers.Exists(provider => text.Contains($"Dragoman.Providers.{provider}", StringComparison.Ordinal))));
        Assert.Equal(["ProviderList.cs"], naming.Select(source => Path.GetFileName(source.File)));
    }

    [Fact]
    public void Files_stay_below_three_hundred_and_fifty_lines()
    {
        var tooLong = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories).Where(file => File.ReadLines(file).Count() > 350);
        Assert.Empty(tooLong);
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

    private static IEnumerable<(string File, string Room)> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src/Dragoman"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (file, Path.GetRelativePath(Path.Combine(Root, "src/Dragoman"), file).Split(Path.DirectorySeparatorChar)[0]));
}
