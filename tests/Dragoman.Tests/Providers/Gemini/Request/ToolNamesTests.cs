using System.Text;
using Dragoman.Messages;
using Dragoman.Providers.Gemini.Request;

namespace Dragoman.Tests.Providers.Gemini.Request;

public sealed class ToolNamesTests
{
    [Fact]
    public void Every_name_comes_back()
    {
        string[] names = ["Bash", "mcp__a-b__c", "2fast", "-dash", new('x', 65), new('x', 66), "a b", "a.b", "", "größe"];
        var known = new ToolNames([.. names.Select(name => Tool(name))]);
        var fitting = names.Select(ToolNames.Fit).ToList();
        Assert.Equal(names, fitting.Select(known.ToClient));
        Assert.Equal(names.Length, fitting.Distinct(StringComparer.Ordinal).Count());
        Assert.All(fitting, name => Assert.Matches("^[A-Za-z_][A-Za-z0-9_.-]{0,63}$", name));
        Assert.Equal(["Bash", "mcp__a-b__c"], fitting.Take(2));
    }

    [Theory]
    [InlineData("default_api:Bash", "Bash")]
    [InlineData("default_api.Bash", "Bash")]
    [InlineData("Unheard", "Unheard")]
    public void A_call_is_the_clients_tool_whatever_Gemini_puts_before_its_name(string called, string expected) => Assert.Equal(expected, new ToolNames([Tool("Bash")]).ToClient(called));

    [Fact]
    public void Inputs_come_back_with_the_clients_names_and_nothing_else_is_touched()
    {
        var names = new ToolNames([Tool("Query", """{"type":"object","properties":{"$filter":{"type":"string"},"rows":{"type":"array","items":{"type":"object","properties":{"a b":{}}}},"free":{"type":"object"}}}"""), Tool("Plain")]);
        Assert.True(names.RenamesInput("Query"));
        Assert.False(names.RenamesInput("Plain"));
        Assert.False(names.RenamesInput("Unheard"));
        const string client = """{"rows":[{"a b":1.0},{"a b":"a b"}],"$filter":"_filter","free":{"_filter":1,"a_b":2}}""";
        var upstream = names.InputToUpstream("Query", Encoding.UTF8.GetBytes(client));
        Assert.Equal("""{"rows":[{"a_b":1.0},{"a_b":"a b"}],"_filter":"_filter","free":{"_filter":1,"a_b":2}}""", Encoding.UTF8.GetString(upstream.Span));
        Assert.Equal(client, Encoding.UTF8.GetString(names.InputToClient("Query", upstream).Span));
        Assert.Equal(client, Encoding.UTF8.GetString(names.InputToClient("Plain", Encoding.UTF8.GetBytes(client)).Span));
    }

    private static Tool Tool(string name, string schema = """{"type":"object"}""") =>
        new() { Kind = ToolKind.Custom, Type = "custom", Name = name, InputSchema = Encoding.UTF8.GetBytes(schema) };
}
