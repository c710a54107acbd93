using System.Text.Json;
using Dragoman.Routing;

namespace Dragoman.Tests.Routing;

/// <summary>The forms that a value of <c>models</c> and <c>roles</c> may have, and what is said of others.</summary>
public sealed class ModelChoiceTests
{
    [Theory]
    [InlineData("\"a\"", "a*1")]
    [InlineData("[\"a\",\"other/b\"]", "a*1 other/b*1")]
    [InlineData("[\"a\",{\"model\":\"b\"}]", "a*1 b*1")]
    [InlineData("{\"use\":\"a\"}", "a*1")]
    [InlineData("{\"use\":[\"a\",\"b\"],\"strategy\":\"order\"}", "a*1 b*1")]
    [InlineData("{\"use\":[\"a\",{\"model\":\"b\",\"weight\":3},{\"model\":\"c\",\"weight\":0}],\"strategy\":\"spread\"}", "spread a*1 b*3 c*0")]
    [InlineData("{\"use\":[{\"model\":\"b\",\"weight\":0.5}],\"strategy\":\"spread\"}", "spread b*0.5")]
    public void All_forms_are_read(string value, string expected)
    {
        var problems = new ConfigProblems();
        var choice = new ModelChoiceReader(problems).Read(Json(value), "models.x")!;
        Assert.Empty(problems.Sentences);
        Assert.Equal(expected, $"{(choice.Spread ? "spread " : "")}{string.Join(' ', choice.Models.Select(model => $"{model.Model}*{model.Weight}"))}");
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_with_its_path()
    {
        var options = new DragomanOptions();
        options.Models["a"] = Json("3");
        options.Models["b"] = Json("[]");
        options.Models["c"] = Json("[\"x\",4,{\"weight\":1},{\"model\":\"\",\"wight\":1}]");
        options.Models["d"] = Json("{\"use\":[\"x\"],\"strategy\":\"random\",\"weights\":[1]}");
        options.Models["e"] = Json("{\"strategy\":\"spread\"}");
        options.Models["f"] = Json("[{\"model\":\"x\",\"weight\":2}]");
        options.Models["g"] = Json("{\"use\":[{\"model\":\"x\",\"weight\":-1},{\"model\":\"y\",\"weight\":1e9}],\"strategy\":\"spread\"}");
        options.Models["h"] = Json("{\"use\":[{\"model\":\"x\",\"weight\":0}],\"strategy\":\"spread\"}");
        options.Models["fine"] = Json("\"x\"");
        options.Roles["backgroud"] = Json("\"x\"");
        options.Roles["image"] = Json("null");
        options.Roles["longContext"] = Json("{\"above\":0,\"used\":\"x\"}");
        options.Roles["thinking"] = Json("\"x\"");
        var problems = new ConfigProblems();
        _ = new ModelMap(options.Models, problems);
        _ = new Roles(options.Roles, problems);
        var paths = problems.Sentences.Select(sentence => sentence[..sentence.IndexOf(": ", StringComparison.Ordinal)]);
        Assert.Equal(
            ["models.a", "models.b", "models.c[1]", "models.c[2]", "models.c[3].wight", "models.c[3].model", "models.d.weights", "models.d.strategy", "models.e", "models.f[0].weight", "models.g.use[0].weight", "models.g.use[1].weight", "models.h.use", "roles.backgroud", "roles.image", "roles.longContext.used", "roles.longContext.above", "roles.longContext.use"],
            paths);
        Assert.Contains(problems.Sentences, sentence => sentence == "roles.backgroud: there is no such role; known are background, image, longContext, subagent, thinking, webSearch");
        var thrown = Assert.Throws<ConfigException>(() => new RoutingWorld("""{"models":{"a":3,"b":[]}}"""));
        Assert.Contains("models.a: ", thrown.Message);
        Assert.Contains("models.b: ", thrown.Message);
    }

    /// <summary>What a file has wrong is left out of it, so it seems to be missing.</summary>
    [Fact]
    public void What_the_check_of_the_file_has_said_is_not_said_again_in_other_words()
    {
        var said = new ConfigProblems();
        said.Add("models.a.use", "said");
        var options = new DragomanOptions();
        options.Models["a"] = Json("{}");
        options.Models["b.c"] = Json("[]");
        // Not inside of the one before, although it looks like it: nothing that is found here hides another.
        options.Models["b"] = Json("[]");
        var problems = new ConfigProblems(said);
        _ = new ModelMap(options.Models, problems);
        Assert.Equal(["models.a.use", "models.b.c", "models.b"], problems.Sentences.Select(sentence => sentence[..sentence.IndexOf(": ", StringComparison.Ordinal)]));
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
