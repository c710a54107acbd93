using System.Text;
using Dragoman.Messages;
using Dragoman.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tokens;

public sealed class TokenTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("four", 1)]
    [InlineData("fives", 2)]
    [InlineData("a bc  def", 3)]
    [InlineData("internationalization", 5)]
    [InlineData("line\\nbreak\\ttab", 4)]
    [InlineData("\\\"quo\\\"", 2)]
    [InlineData("üüüü", 1)]
    [InlineData("\\u00fc\\u00fc\\u00fc\\u00fc", 1)]
    public void A_word_of_four_characters_is_one_token_and_a_longer_one_a_token_for_each_four_begun(string escaped, int tokens) =>
        Assert.Equal(tokens, WordCounter.Count(Encoding.UTF8.GetBytes(escaped)));

    [Fact]
    public void System_tools_images_and_documents_count()
    {
        var plain = Count("");
        Assert.Equal(plain + 3, Count("", system: "two words"));
        Assert.True(Count("", tools: """[{"name":"t","description":"some words here","input_schema":{"type":"object"}}]""") > plain + 5);
        Assert.Equal(plain + 768, Count("""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}"""));
        Assert.Equal(plain + 1500, Count("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}}"""));
        Assert.Equal(plain + 3, Count("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"one two six"}}"""));
        // A hidden tool costs nothing.
        Assert.Equal(plain, Count("", tools: """[{"name":"t","defer_loading":true,"input_schema":{"type":"object"}}]"""));
    }

    [Fact]
    public void The_estimate_learns_from_real_counts_and_the_plain_rule_does_not()
    {
        var request = MessagesParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"{{string.Join(' ', Enumerable.Repeat("word", 96))}}"}]}"""));
        var counted = PromptCounter.Count(request);
        var learning = new TokenEstimator(TokenCounterKind.Calibrated, new Calibration());
        Assert.Equal(100, learning.Estimate(request, "ollama/a").Tokens);
        for (var i = 0; i < 10; i++) learning.Observe("ollama/a", counted, 150);
        Assert.Equal(150, learning.Estimate(request, "ollama/a").Tokens);
        Assert.Equal(100, learning.Estimate(request, "ollama/b").Tokens);
        // A count that can't be: the upstream cut the prompt.
        for (var i = 0; i < 10; i++) learning.Observe("ollama/a", counted, 5);
        Assert.Equal(150, learning.Estimate(request, "ollama/a").Tokens);
        var plain = new TokenEstimator(TokenCounterKind.Words, new Calibration());
        plain.Observe("ollama/a", counted, 150);
        Assert.Equal(100, plain.Estimate(request, "ollama/a").Tokens);
    }

    [Fact]
    public void Words_are_counted_as_one_by_one_wherever_a_block_of_bytes_ends()
    {
        var piece = Gen.Elements(" ", "  ", "word", "longerword", "\\n", "\\t\\r", "\\\"", "\\\\", "\\u00e9", "ü", "東京", "👋", "\n", "x", "\\", "\\u12");
        Prop.ForAll(Arb.From(piece.ListOf()), pieces =>
        {
            var escaped = Encoding.UTF8.GetBytes(string.Concat(pieces));
            Assert.Equal(OneByOne(escaped), WordCounter.Count(escaped));
        }).Check(Seeded.Config.WithMaxTest(3000).WithEndSize(150));
    }

    // The rule as it is written down, a byte after the other.
    private static int OneByOne(byte[] escaped)
    {
        int tokens = 0, length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            var space = escaped[i] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r';
            if (escaped[i] == (byte)'\\' && i + 1 < escaped.Length)
            {
                i++;
                space = escaped[i] is (byte)'n' or (byte)'t' or (byte)'r';
                if (escaped[i] == (byte)'u') i += 4;
                if (!space) length++;
            }
            else if (!space && (escaped[i] & 0xC0) != 0x80)
            {
                length++;
            }

            if (!space) continue;
            tokens += (length + 3) / 4;
            length = 0;
        }

        return tokens + ((length + 3) / 4);
    }

    private static int Count(string block, string system = "", string tools = "[]")
    {
        var content = block.Length == 0 ? "" : "," + block;
        return PromptCounter.Count(MessagesParser.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":1,"system":"{{system}}","tools":{{tools}},"messages":[{"role":"user","content":[{"type":"text","text":"hi"}{{content}}]}]}""")));
    }
}
