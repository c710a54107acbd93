using Dragoman.Messages;
using Dragoman.Providers;
using Dragoman.Replies;
using Dragoman.Telemetry;

namespace Dragoman.Tests.Telemetry;

/// <summary>What a session has cost: a sum, a lower bound, or nobody's to say.</summary>
public sealed class SessionCostTests
{
    private static readonly Pricing Dollar = Pricing.Of(new ModelPrice(1, 1));

    [Theory]
    [InlineData("0", "$0.00")]
    [InlineData("12.345", "$12.35")]
    [InlineData("0.42", "$0.42")]
    [InlineData("0.1", "$0.10")]
    [InlineData("0.0421", "$0.042")]
    [InlineData("0.00421", "$0.0042")]
    [InlineData("0.000006", "$0.0000060")]
    [InlineData("0.00000000001", "$0.00000000")]
    public void Amounts_are_shown_to_the_second_digit_that_counts(string amount, string expected) =>
        Assert.Equal(expected, Dollars.Text(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Answers_add_up() => Assert.Equal((2.5m, false, false), Of((Dollar, 1_000_000), (Dollar, 1_500_000)));

    [Fact]
    public void A_local_model_adds_nothing_and_leaves_the_sum_whole()
    {
        Assert.Equal((1m, false, false), Of((Pricing.Local, 9), (Dollar, 1_000_000)));
        Assert.Equal((0m, false, false), Of((Pricing.Local, 9)));
    }

    [Fact]
    public void A_model_of_unknown_price_makes_the_sum_a_lower_bound() => Assert.Equal((1m, true, false), Of((Dollar, 1_000_000), (Pricing.Unknown, 9)));

    [Fact]
    public void Where_Anthropic_alone_answers_the_client_knows()
    {
        Assert.Equal((0m, true, true), Of((Pricing.OfClient, 9), (Pricing.OfClient, 9)));
        Assert.Equal((1m, true, false), Of((Pricing.OfClient, 9), (Dollar, 1_000_000)));
        Assert.Equal((0m, true, false), Of((Pricing.OfClient, 9), (Pricing.Local, 9)));
        // The client reckons with the price of the model that it asked for.
        Assert.Equal((0m, true, false), Result(default(SessionCost).With(Answer(Pricing.OfClient, 9, model: "another"))));
    }

    [Fact]
    public void What_is_not_told_or_cut_off_makes_the_sum_a_lower_bound_unless_it_is_free()
    {
        Assert.Equal((0m, true, false), Result(default(SessionCost).With(Answer(Dollar, 9, estimated: true))));
        Assert.Equal((0m, true, false), Result(default(SessionCost).With(Answer(Dollar, tokens: null))));
        Assert.Equal((0m, false, false), Result(default(SessionCost).With(Answer(Pricing.Of(new ModelPrice(0, 0)), tokens: null))));
    }

    [Fact]
    public void An_answer_that_was_cut_off_is_none_of_the_last_answers()
    {
        var log = new SessionLog(TimeProvider.System);
        log.Add(Answer(Dollar, 1_000_000));
        log.Add(Answer(Dollar, tokens: null));
        var refused = new Exchange("req_3", TimeProvider.System) { Session = "refused", ClientModel = "m", Target = new Target("p", "m"), Error = "no" };
        log.Add(refused);
        var (answers, cost) = log.Of("s");
        Assert.Equal(1m, Assert.Single(answers).Cost);
        Assert.Equal((1m, true, false), Result(cost));
        Assert.Same(SessionState.None, log.Of("refused"));
    }

    [Fact]
    public void Answers_that_are_forgotten_stay_in_the_sum()
    {
        var log = new SessionLog(TimeProvider.System);
        for (var i = 0; i < 30; i++) log.Add(Answer(Dollar, 100_000));
        var (answers, cost) = log.Of("s");
        Assert.Equal((8, 3m), (answers.Count, cost.Sum));
    }

    private static (decimal Sum, bool IsPartial, bool IsOfClient) Of(params (Pricing Pricing, int Tokens)[] answers) =>
        Result(answers.Aggregate(default(SessionCost), (cost, answer) => cost.With(Answer(answer.Pricing, answer.Tokens))));

    private static (decimal Sum, bool IsPartial, bool IsOfClient) Result(SessionCost cost) => (cost.Sum, cost.IsPartial, cost.IsOfClient);

    private static Exchange Answer(Pricing pricing, int? tokens, bool estimated = false, string model = "m")
    {
        var exchange = new Exchange("req_1", TimeProvider.System) { Session = "s", ClientModel = "m", Target = new Target("p", model), Pricing = pricing };
        exchange.MarkToken();
        if (tokens is { } used) exchange.Finish = new Finish(StopReason.EndTurn, new Usage(used, 0) { IsEstimated = estimated });
        else exchange.Error = "the client went away";
        return exchange;
    }
}
