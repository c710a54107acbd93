using System.Text;
using System.Text.Json;
using Dragoman.Messages;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>Exact bytes in, exact bytes out: see Cases/README.md.</summary>
public sealed class OllamaCaseTests
{
    public static TheoryData<string> All => [.. CaseFolder.Ollama.Names()];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Translates_as_the_case_says(string name)
    {
        var own = CaseFolder.Ollama.Read(name, ".request.json");
        var request = own ?? CaseFolder.Ollama.Read("_reply", ".request.json")!;
        Translation translation;
        try
        {
            translation = await Translation.OfAsync(request, CaseFolder.Ollama.Read(name, ".model.json"), CaseFolder.Ollama.Read(name, ".settings.json"));
        }
        catch (InvalidRequestException refused)
        {
            Assert.Equal(CaseFolder.Ollama.Expected(name, ".error.txt", refused.Message + "\n"), refused.Message + "\n");
            return;
        }

        if (own is not null)
        {
            var upstream = CaseFolder.Ollama.Expected(name, ".upstream.json", CaseFolder.Indent(translation.Bytes.Span));
            Assert.Equal(CaseFolder.Squeeze(Encoding.UTF8.GetBytes(upstream)), CaseFolder.Squeeze(translation.Bytes.Span));
            var degraded = string.Concat(translation.Chat.Degraded.Select(entry => entry + "\n"));
            Assert.Equal(CaseFolder.Ollama.Expected(name, ".degraded.txt", degraded), degraded);
        }

        if (CaseFolder.Ollama.Read(name, ".reply.ndjson") is { } reply) await CheckReplyAsync(name, translation, reply);
    }

    private static async Task CheckReplyAsync(string name, Translation translation, byte[] reply)
    {
        var events = await translation.StreamAsync(reply);
        Assert.Equal(CaseFolder.Ollama.Expected(name, ".events.sse", events), events);
        foreach (var line in events.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal))) JsonDocument.Parse(line[6..]).Dispose();
        // The whole message is made of the same events; here it only must be there and be JSON.
        var message = await translation.AssembleAsync(reply);
        Assert.Equal(events.Contains("event: error\n", StringComparison.Ordinal), message is null);
        if (message is not null) JsonDocument.Parse(message).Dispose();
    }

    [Fact]
    public void Has_no_expectation_without_its_case()
    {
        var known = CaseFolder.Ollama.Names().ToHashSet(StringComparer.Ordinal);
        Assert.True(known.Count > 40, $"only {known.Count} cases were found");
        Assert.All(CaseFolder.Ollama.Files(), file => Assert.True(file[0] == '_' || file == "README.md" || known.Contains(file[..file.IndexOf('.', StringComparison.Ordinal)]), file));
    }
}
