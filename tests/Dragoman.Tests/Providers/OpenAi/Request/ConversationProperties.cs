using System.Text.Json.Nodes;
using Dragoman.Providers.OpenAi;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Providers.OpenAi.Request;

public sealed class ConversationProperties
{
    private static readonly Gen<int[]> Choices = Gen.Choose(0, 999).ArrayOf();

    [Fact]
    public void Any_conversation_comes_out_in_the_order_that_every_server_takes()
    {
        var translated = 0;
        Prop.ForAll(Choices.ToArbitrary(), choices =>
        {
            var conversation = new RandomConversation(choices);
            foreach (var dialect in OpenAiDialects.All)
            {
                var made = RequestTranslation.Of(conversation.Request, new JsonObject { ["dialect"] = dialect.Name }.ToJsonString());
                Assert.Empty(OpenAiBodyRules.Violations(made.Body, made.Sent.Dialect));
                Assert.All(conversation.Pieces, piece => Assert.Contains(piece, made.Text, StringComparison.Ordinal));
                translated++;
            }
        }).Check(Seeded.Config.WithMaxTest(150));

        Assert.Equal(150 * OpenAiDialects.All.Count, translated);
    }

    /// <summary>A valid conversation, made of any numbers.</summary>
    private sealed class RandomConversation
    {
        private readonly JsonArray _messages = [];
        private readonly List<string> _open = [];
        private int _made;

        public RandomConversation(int[] choices)
        {
            Add("user", Text());
            foreach (var choice in choices) Step(choice);
            if (_open.Count > 0) Add("user", [.. Results(_open.Count)]);
            Request = new JsonObject
            {
                ["model"] = "claude-sonnet-4-5",
                ["max_tokens"] = 4000,
                ["tools"] = new JsonArray(new JsonObject { ["name"] = "Bash", ["input_schema"] = new JsonObject { ["type"] = "object" } }),
                ["messages"] = _messages,
            }.ToJsonString();
        }

        public string Request { get; }

        /// <summary>What must be found in the body.</summary>
        public List<string> Pieces { get; } = [];

        private void Step(int choice)
        {
            if (_open.Count > 0)
            {
                // Answered at once or in two messages, in any order, with the user's words between or behind.
                var count = choice % 3 == 0 ? 1 : _open.Count;
                var content = Results(count).ToList();
                if (choice % 5 == 0) content.Add(Text());
                if (choice % 7 == 0) content.Add(new JsonObject { ["type"] = "text", ["text"] = "<system-reminder>\nmind\n</system-reminder>" });
                Add("user", [.. content]);
                return;
            }

            switch (choice % 6)
            {
                case 0: Add("user", Text()); break;
                case 1: _messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = Piece() }); break;
                case 2: Add("assistant", Text()); break;
                default:
                    var said = new List<JsonNode>();
                    if (choice % 2 == 0) said.Add(Text());
                    for (var i = 0; i <= choice % 4; i++) said.Add(Call());
                    Add("assistant", [.. said]);
                    break;
            }
        }

        private IEnumerable<JsonNode> Results(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var id = _open[^1];
                _open.RemoveAt(_open.Count - 1);
                yield return new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = Piece() };
            }
        }

        private JsonObject Call()
        {
            var id = $"toolu_{_made++}";
            _open.Add(id);
            return new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = "Bash", ["input"] = new JsonObject() };
        }

        private JsonObject Text() => new() { ["type"] = "text", ["text"] = Piece() };

        private string Piece()
        {
            var piece = $"[{_made++}]";
            Pieces.Add(piece);
            return piece;
        }

        private void Add(string role, params JsonNode[] content) => _messages.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = new JsonArray(content) });
    }
}
