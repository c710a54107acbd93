using System.Text;
using Dragoman.Messages;

namespace Dragoman.Tests.Providers.OpenAi.Request;

/// <summary>Exact bytes in, exact bytes out: see Cases/README.md.</summary>
public sealed class OpenAiRequestCaseTests
{
    private static readonly CaseFolder Cases = CaseFolder.OpenAiRequests;

    public static TheoryData<string> All => [.. Cases.Names()];

    [Theory]
    [MemberData(nameof(All))]
    public void Translates_as_the_case_says(string name)
    {
        RequestTranslation translated;
        try
        {
            translated = RequestTranslation.Of(Read(name, ".request.json")!, Read(name, ".options.json"));
        }
        catch (InvalidRequestException refused)
        {
            Assert.Equal(Cases.Expected(name, ".error.txt", refused.Message + "\n"), refused.Message + "\n");
            return;
        }

        var upstream = Cases.Expected(name, ".upstream.json", CaseFolder.Indent(translated.Body.Span));
        Assert.Equal(CaseFolder.Squeeze(Encoding.UTF8.GetBytes(upstream)), CaseFolder.Squeeze(translated.Body.Span));
        var degraded = string.Concat(translated.Sent.Degraded.Select(entry => entry + "\n"));
        Assert.Equal(Cases.Expected(name, ".degraded.txt", degraded), degraded);
        Assert.Empty(OpenAiBodyRules.Violations(translated.Body, translated.Sent.Dialect));
    }

    [Fact]
    public void Has_no_expectation_without_its_case()
    {
        var known = Cases.Names().ToHashSet(StringComparer.Ordinal);
        Assert.True(known.Count > 60, $"only {known.Count} cases were found");
        Assert.All(Cases.Files(), file => Assert.True(file == "README.md" || known.Contains(file[..file.IndexOf('.', StringComparison.Ordinal)]), file));
    }

    private static string? Read(string name, string suffix) => Cases.Read(name, suffix) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
