using System.Text;
using System.Text.Json;
using Dragoman.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Messages;

/// <summary>A list of tools that was read before is not read again, and nobody can tell.</summary>
public sealed class KnownToolsTests
{
    [Fact]
    public void The_same_bytes_are_the_same_tools()
    {
        var tools = Tools("first");
        var one = Parse(tools);
        var two = Parse(tools, text: "another question");
        Assert.Same(one.Tools, two.Tools);
        Assert.Equal("another question", Assert.IsType<TextBlock>(two.Messages[0].Content[0]).Text.ToString());
        // What stands behind the list was read as well.
        Assert.Equal(0.5, two.Temperature);
        Assert.Equal(one.IgnoredFields, two.IgnoredFields);
        Assert.Contains("tools.0.custom.unheard_of", two.IgnoredFields);
    }

    [Fact]
    public void One_other_byte_is_another_list()
    {
        var one = Parse(Tools("aaaa"));
        var two = Parse(Tools("aaab"));
        Assert.Equal("aaaa", one.Tools[0].Description.ToString());
        Assert.Equal("aaab", two.Tools[0].Description.ToString());
    }

    [Fact]
    public void What_is_wrong_behind_a_known_list_is_still_found_with_its_path()
    {
        var tools = Tools("before a mistake");
        Parse(tools);
        Assert.Equal("messages.0.role: Input should be 'user', 'assistant' or 'system'", Refusal(Body(tools).Replace("\"user\"", "\"robot\"", StringComparison.Ordinal)));
        Assert.StartsWith("The request body is not valid JSON", Refusal(Body(tools)[..^1]));
        Assert.StartsWith("The request body is not valid JSON", Refusal(Body(tools) + "}"));
        Assert.StartsWith("The request body is not valid JSON", Refusal(Body(tools).Replace($"{tools},", tools, StringComparison.Ordinal)));
        Assert.StartsWith("The request body is not valid JSON", Refusal(Body(tools).Replace($"{tools},", $"{tools}]", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_wrong_list_is_refused_each_time()
    {
        var wrong = Tools("x").Replace("\"name\":\"tool\"", "\"name\":\"a tool\"", StringComparison.Ordinal);
        for (var i = 0; i < 2; i++) Assert.StartsWith("tools.0.custom.name: String should match pattern", Refusal(Body(wrong)));
    }

    [Fact]
    public void Wherever_the_list_stands_and_however_it_is_spaced_the_request_is_read_the_same()
    {
        var space = Gen.Elements("", " ", "\n\t");
        var body = from fields in Gen.Shuffle(["\"model\":\"m\"", "\"max_tokens\": 10", "\"temperature\":0.5", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]", "\"system\" : \"s\"", "\"tools\":SPACE[TOOLS]"])
                   from between in space
                   from seed in Gen.Choose(1, 5)
                   select $"{{{between}{string.Join($"{between},{between}", fields)}{between}}}"
                       .Replace("SPACE", between, StringComparison.Ordinal).Replace("[TOOLS]", Tools($"tool number {seed}"), StringComparison.Ordinal);
        Prop.ForAll(Arb.From(body), json =>
        {
            var first = Describe(MessagesParser.Parse(Encoding.UTF8.GetBytes(json)));
            Assert.Equal(first, Describe(MessagesParser.Parse(Encoding.UTF8.GetBytes(json))));
            using var document = JsonDocument.Parse(json);
            Assert.Contains(document.RootElement.GetProperty("tools")[0].GetProperty("description").GetString()!, first);
        }).Check(Seeded.Config);
    }

    private static string Describe(MessagesRequest request) =>
        $"{request.Model} {request.MaxTokens} {request.Temperature} {request.Messages.Count} {request.System.Count} {string.Join(',', request.Tools.Select(tool => $"{tool.Name}:{tool.Description}:{tool.InputSchema.Length}"))}";

    private static MessagesRequest Parse(string tools, string text = "hi") => MessagesParser.Parse(Encoding.UTF8.GetBytes(Body(tools, text)));

    private static string Refusal(string body) => Assert.Throws<InvalidRequestException>(() => MessagesParser.Parse(Encoding.UTF8.GetBytes(body))).Message;

    private static string Body(string tools, string text = "hi") =>
        $$"""{"model":"m","tools":{{tools}},"max_tokens":10,"messages":[{"role":"user","content":"{{text}}"}],"temperature":0.5}""";

    private static string Tools(string description) =>
        """[{"name":"tool","description":"DESCRIPTION","unheard_of":1,"input_schema":{"type":"object","properties":{"a":{"type":"string","description":"what it is"}}}}]"""
            .Replace("DESCRIPTION", description, StringComparison.Ordinal);
}
