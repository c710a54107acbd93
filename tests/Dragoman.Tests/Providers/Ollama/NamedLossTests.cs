using System.Text;
using Dragoman.Tests.EndToEnd;

namespace Dragoman.Tests.Providers.Ollama;

/// <summary>Small losses that only a reader of the header could notice.</summary>
public sealed class NamedLossTests
{
    private const string Image = """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}""";
    private const string Text = """{"type":"text","text":"look"}""";

    private static readonly byte[] SeeingModel = """{"name":"qwen3-vl:8b","capabilities":["completion","tools","vision"]}"""u8.ToArray();

    [Theory]
    [InlineData($"[{Image},{Text}]", false)]
    [InlineData($"[{Text},{Image}]", false)]
    [InlineData($"[{Text},{Image},{Text}]", true)]
    public async Task A_picture_between_texts_is_said_to_have_moved(string content, bool named)
    {
        var translation = await Translation.OfAsync(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":10,"messages":[{"role":"user","content":{{content}}}]}"""), SeeingModel);
        Assert.Equal(named, translation.Chat.Degraded.Contains("images.position=first"));
    }

    [Fact]
    public async Task Members_of_two_toolsets_that_share_a_name_are_said_to_be_one()
    {
        const string both = """[{"type":"computer_toolset_20260801","display_width_px":100,"display_height_px":100},{"type":"browser_toolset_20260801"}]""";
        var translation = await Translation.OfAsync(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":10,"tools":{{both}},"messages":[{"role":"user","content":"x"}]}"""));
        Assert.Contains("tools.same_name=first_only", translation.Chat.Degraded);
    }

    [Theory]
    [InlineData("text_editor_20250124", "str_replace_editor", true)]
    [InlineData("text_editor_20250728", "str_replace_based_edit_tool", false)]
    public async Task The_first_editors_have_their_own_commands(string type, string name, bool undo)
    {
        var translation = await Translation.OfAsync(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":10,"tools":[{"type":"{{type}}","name":"{{name}}"}],"messages":[{"role":"user","content":"x"}]}"""));
        Assert.Equal(undo, translation.Body.Contains("undo_edit", StringComparison.Ordinal));
        Assert.Equal(!undo, translation.Body.Contains("insert_text", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""[{"name":"only","input_schema":{"type":"object"}}]""", "only")]
    [InlineData("""[{"name":"one","input_schema":{"type":"object"}},{"name":"two","input_schema":{"type":"object"}}]""", "unnamed_tool")]
    public async Task A_call_without_a_name_reaches_the_client_as_one_that_it_can_answer(string tools, string called)
    {
        var translation = await Translation.OfAsync(Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":10,"tools":{{tools}},"messages":[{"role":"user","content":"x"}]}"""));
        var answer = await translation.StreamAsync("""{"message":{"tool_calls":[{"function":{"name":"","arguments":{"a":1}}}]},"done":true}"""u8.ToArray());
        var start = SseEvent.ParseAll(answer).First(step => step.Type == "content_block_start").Data.GetProperty("content_block");
        Assert.Equal(called, start.GetProperty("name").GetString());
    }
}
