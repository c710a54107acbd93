using System.Text.Json;

namespace Dragoman.Messages;

/// <summary>Reads <c>messages</c> and <c>system</c>.</summary>
internal static class MessageParser
{
    /// <summary>Reads the array of messages.</summary>
    public static List<Message> ReadMessages(ref JsonCursor cursor)
    {
        cursor.ExpectArray();
        var messages = new List<Message>();
        while (cursor.NextEntry())
        {
            cursor.Path.Push(messages.Count);
            messages.Add(ReadMessage(ref cursor));
            cursor.Path.Pop();
        }

        return messages;
    }

    /// <summary>Reads <c>system</c>: a string or text blocks.</summary>
    public static List<TextBlock> ReadSystem(ref JsonCursor cursor)
    {
        var blocks = new List<TextBlock>();
        foreach (var block in ReadContent(ref cursor, Role.System))
        {
            if (block is TextBlock text) blocks.Add(text);
        }

        return blocks;
    }

    private static Message ReadMessage(ref JsonCursor cursor)
    {
        cursor.ExpectObject();
        Role? role = null;
        List<ContentBlock>? content = null;
        string? effort = null;
        var before = cursor;
        while (cursor.NextProperty())
        {
            var name = cursor.Text();
            cursor.Path.Push(name);
            if (name == "role" && cursor.Value()) role = ReadRole(ref cursor);
            else if (name == "content" && cursor.Value()) content = ReadContent(ref cursor, role ?? PeekRole(before));
            else if (name == "output_config" && cursor.Value()) effort = SettingsParser.ReadEffort(ref cursor);
            else if (name is not ("role" or "content" or "output_config"))
            {
                cursor.Path.Pop();
                cursor.Ignore();
                continue;
            }

            cursor.Path.Pop();
        }

        if (role is null) throw cursor.Error("Field required", "role");
        // A system message may consist of settings alone (per-turn control).
        if (content is null && (role != Role.System || effort is null)) throw cursor.Error("Field required", "content");
        return new Message(role.Value, content ?? [], effort);
    }

    private static Role ReadRole(ref JsonCursor cursor) => cursor.Name() switch
    {
        "user" => Role.User,
        "assistant" => Role.Assistant,
        "system" => Role.System,
        _ => throw cursor.Error("Input should be 'user', 'assistant' or 'system'"),
    };

    // `content` before `role` is legal JSON; which blocks are allowed depends on the role.
    private static Role PeekRole(JsonCursor atStart)
    {
        while (atStart.NextProperty())
        {
            var isRole = atStart.Is("role"u8);
            atStart.Read();
            if (isRole && atStart.Token == JsonTokenType.String) return ReadRole(ref atStart);
            atStart.Raw();
        }

        return Role.User;
    }

    /// <summary>Reads a string or an array of blocks.</summary>
    internal static List<ContentBlock> ReadContent(ref JsonCursor cursor, Role? role)
    {
        if (cursor.Token == JsonTokenType.String) return [new TextBlock(cursor.String())];
        cursor.ExpectArray();
        var blocks = new List<ContentBlock>();
        while (cursor.NextEntry())
        {
            cursor.Path.Push(blocks.Count);
            blocks.Add(BlockParser.ReadBlock(ref cursor, role));
            cursor.Path.Pop();
        }

        return blocks;
    }
}
