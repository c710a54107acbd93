using Dragoman.Routing;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Routing;

/// <summary>Load that is shared out by session.</summary>
public sealed class SpreadTests
{
    private const int Sessions = 20_000;

    private const string Spread = """{ "models": { "claude-*": { "use": ["main/a", "main/b", { "model": "other/c", "weight": 2 }], "strategy": "spread" } } }""";

    [Fact]
    public void Sessions_are_shared_out_by_weight()
    {
        WeightedModel[] models = [new("a"), new("b", 3), new("c", 0.5), new("d", 0)];
        var shares = Shares(models);
        foreach (var model in models) Assert.InRange(shares.GetValueOrDefault(model.Model) / (double)Sessions, (model.Weight / 4.5) - 0.015, (model.Weight / 4.5) + 0.015);
    }

    /// <summary>Whatever the names and weights: a new model takes sessions from the others, and none moves between them.</summary>
    [Fact]
    public void A_model_that_is_added_moves_only_its_own_share() => Prop.ForAll(Gen.Choose(1, 6).SelectMany(count => Gen.Choose(1, 9).ArrayOf(count)).ToArbitrary(), weights =>
    {
        WeightedModel[] before = [.. weights.Select((weight, i) => new WeightedModel($"model-{i}", weight))];
        WeightedModel[] after = [.. before, new WeightedModel("new", 2)];
        var moved = 0;
        for (var session = 0; session < 2000; session++)
        {
            var (old, now) = (Order(before, Key(session)), Order(after, Key(session)));
            // The others stay in their order, fallbacks too.
            Assert.Equal(old, now.Where(model => model.Model != "new"));
            if (now[0].Model == "new") moved++;
        }

        Assert.InRange(moved / 2000.0, (2.0 / (weights.Sum() + 2)) - 0.05, (2.0 / (weights.Sum() + 2)) + 0.05);
    }).Check(Seeded.Config);

    [Fact]
    public void Fallbacks_are_shared_out_too()
    {
        WeightedModel[] models = [new("a"), new("b"), new("c")];
        var seconds = Enumerable.Range(0, Sessions).Select(session => Order(models, Key(session))).Where(order => order[0].Model == "a").CountBy(order => order[1].Model).ToDictionary();
        Assert.InRange(seconds["b"] / (double)(seconds["b"] + seconds["c"]), 0.47, 0.53);
    }

    /// <summary>The order was computed by another implementation of the same arithmetic.</summary>
    [Fact]
    public void The_order_of_a_session_is_the_same_on_every_machine() =>
        Assert.Equal(["c", "b", "a"], Order([new("a"), new("b"), new("c")], StableHash.Add(StableHash.Start, "a session")).Select(model => model.Model));

    [Fact]
    public async Task All_targets_are_there_and_a_session_keeps_its_first_one()
    {
        var world = new RoutingWorld(Spread);
        var firsts = new HashSet<string>();
        for (var session = 0; session < 30; session++)
        {
            string[] headers = ["X-Claude-Code-Session-Id", $"session {session}"];
            var first = await world.RouteAsync(RoutingWorld.Ask(headers: headers));
            Assert.Equal(["main/a", "main/b", "other/c"], first.Targets.Select(target => target.ToString()).Order(StringComparer.Ordinal));
            Assert.Equal(first.Targets, (await world.RouteAsync(RoutingWorld.Ask(content: "something else", headers: headers))).Targets);
            firsts.Add(first.Targets[0].ToString());
        }

        Assert.Equal(3, firsts.Count);
        Assert.Equal("models \"claude-*\", spread", (await world.RouteAsync(RoutingWorld.Ask())).Reason);
        // A name alone, as for the list of models, has no session.
        Assert.Equal("main/a", (await world.Router.RouteAsync("claude-x", CancellationToken.None)).Targets[0].ToString());
    }

    [Theory]
    [InlineData("{\"session_id\":\"one\",\"device_id\":\"x\"}", "{\"device_id\":\"y\",\"session_id\":\"one\"}", true)]
    [InlineData("user_a_account_b_session_one", "user_c_account_d_session_one", true)]
    [InlineData("{\"session_id\":\"one\"}", "{\"session_id\":\"two\"}", false)]
    [InlineData("{\"session_id\":7}", "{not json", true)]
    [InlineData("somebody", "somebody else", true)]
    public void The_session_is_also_found_in_the_users_id(string left, string right, bool same) => Assert.Equal(same, Affinity.Of(Of(left)).Key == Affinity.Of(Of(right)).Key);

    [Fact]
    public void Without_a_session_a_conversation_is_known_by_its_beginning()
    {
        const string first = """{"role":"user","content":"one"}""";
        static ulong Key(string messages, string system = "s") => Affinity.Of(RoutingWorld.Parse($$"""{"model":"m","max_tokens":1,"system":"{{system}}","messages":[{{messages}}]}""")).Key;
        Assert.Equal(Key(first), Key($$"""{{first}},{"role":"assistant","content":"two"},{"role":"user","content":"three"}"""));
        Assert.NotEqual(Key(first), Key("""{"role":"user","content":"other"}"""));
        Assert.NotEqual(Key(first), Key(first, "other"));
        // However long what they have in common.
        var common = new string('a', 20_000);
        Assert.NotEqual(Key($$"""{"role":"user","content":"{{common}}"}"""), Key($$"""{"role":"user","content":"{{common}} and more"}"""));
    }

    [Fact]
    public void A_sub_agent_is_a_conversation_of_its_own()
    {
        var main = Affinity.Of(RoutingWorld.Ask(headers: ["x-claude-code-session-id", "s"])).Key;
        Assert.NotEqual(main, Affinity.Of(RoutingWorld.Ask(headers: ["x-claude-code-session-id", "s", "x-claude-code-agent-id", "a"])).Key);
    }

    private static Dragoman.Messages.MessagesRequest Of(string userId) => RoutingWorld.Ask() with { UserId = userId };

    private static IReadOnlyList<WeightedModel> Order(IReadOnlyList<WeightedModel> models, ulong session) => new ModelChoice(models, Spread: true).InOrderOf(session);

    private static ulong Key(int session) => StableHash.Add(StableHash.Start, $"00000000-0000-4000-8000-{session:000000000000}");

    private static Dictionary<string, int> Shares(WeightedModel[] models) =>
        Enumerable.Range(0, Sessions).CountBy(session => Order(models, Key(session))[0].Model).ToDictionary();
}
