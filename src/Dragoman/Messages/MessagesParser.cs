using System.Text.Json;
using System.Text.Unicode;

namespace Dragoman.Messages;

/// <summary>Reads a Messages request from its bytes. What it doesn't know it keeps in the raw body and names in <see cref="MessagesRequest.IgnoredFields"/>.</summary>
internal static class MessagesParser
{
    /// <summary>Parses and checks the body of <c>POST /v1/messages</c>, or of <c>count_tokens</c> (then <c>max_tokens</c> may be missing).</summary>
    /// <exception cref="InvalidRequestException">The body is not JSON or not a valid request.</exception>
    public static MessagesRequest Parse(ReadOnlyMemory<byte> body, bool counting = false)
    {
        if (!Utf8.IsValid(body.Span)) throw new InvalidRequestException("The request body is not valid JSON: it is not UTF-8");
        var cursor = new JsonCursor(body);
        try
        {
            cursor.Read();
            var request = new RequestFields();
            ReadFields(ref cursor, request);
            cursor.ExpectEnd();
            var parsed = request.Build(body, counting, cursor.Ignored);
            RequestRules.Check(parsed);
            return parsed;
        }
        catch (JsonException broken)
        {
            throw new InvalidRequestException($"The request body is not valid JSON: {broken.Message}");
        }
    }

    /// <summary>Parses as <see cref="Parse"/> does, but what is wrong becomes <see cref="MessagesRequest.Fault"/> as long as the body is JSON and names a model.</summary>
    /// <exception cref="InvalidRequestException">Nobody could make anything of the body.</exception>
    public static MessagesRequest ParseForAnyone(ReadOnlyMemory<byte> body, bool counting = false)
    {
        try
        {
            return Parse(body, counting);
        }
        catch (InvalidRequestException fault)
        {
            if (RequestEnvelope.Read(body, fault) is { } request) return request;
            throw;
        }
    }

    private static void ReadFields(ref JsonCursor cursor, RequestFields request)
    {
        cursor.ExpectObject();
        while (cursor.NextProperty())
        {
            var name = cursor.Text();
            cursor.Path.Push(name);
            if (!ReadField(ref cursor, request, name))
            {
                cursor.Path.Pop();
                cursor.Ignore();
                continue;
            }

            cursor.Path.Pop();
        }
    }

    // One line a field; false: not known here.
    private static bool ReadField(ref JsonCursor cursor, RequestFields request, string name)
    {
        switch (name)
        {
            case "model": if (cursor.Value()) request.Model = cursor.DecodedString(); break;
            case "messages": if (cursor.Value()) request.Messages = MessageParser.ReadMessages(ref cursor); break;
            case "max_tokens": if (cursor.Value()) request.MaxTokens = cursor.Integer(minimum: 0); break;
            case "system": if (cursor.Value()) request.System = MessageParser.ReadSystem(ref cursor); break;
            case "stream": if (cursor.Value()) request.Stream = cursor.Boolean(); break;
            case "stop_sequences": if (cursor.Value()) request.StopSequences = ReadStrings(ref cursor); break;
            case "tools": request.Tools = KnownTools.Read(ref cursor); break;
            case "tool_choice": if (cursor.Value()) request.ToolChoice = ToolParser.ReadToolChoice(ref cursor); break;
            case "thinking": if (cursor.Value()) request.Thinking = SettingsParser.ReadThinking(ref cursor); break;
            case "output_config": if (cursor.Value()) SettingsParser.ReadOutputConfig(ref cursor, request); break;
            case "output_format": if (cursor.Value()) request.OutputSchema = SettingsParser.ReadFormat(ref cursor); break;
            case "temperature": if (cursor.Value()) request.Temperature = cursor.Number(0, 2); break;
            case "top_p": if (cursor.Value()) request.TopP = cursor.Number(0, 1); break;
            case "top_k": if (cursor.Value()) request.TopK = cursor.Integer(minimum: 0); break;
            case "context_management": if (cursor.Value()) request.ContextEdits = SettingsParser.ReadContextManagement(ref cursor); break;
            case "metadata": if (cursor.Value()) request.UserId = SettingsParser.ReadUserId(ref cursor); break;
            case "mcp_servers": if (cursor.Value()) request.HasMcpServers = SettingsParser.ReadHasEntries(ref cursor); break;
            case "container": if (cursor.Value()) { cursor.Raw(); request.Degraded.Add("container=ignored"); } break;
            case "thread": if (cursor.Value()) throw SettingsParser.ThreadUnsupported(); break;
            case "compaction": if (cursor.Value()) throw SettingsParser.CompactionUnsupported(); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Reads an array of strings.</summary>
    internal static List<string> ReadStrings(ref JsonCursor cursor)
    {
        cursor.ExpectArray();
        var strings = new List<string>();
        while (cursor.NextEntry())
        {
            cursor.Path.Push(strings.Count);
            strings.Add(cursor.DecodedString());
            cursor.Path.Pop();
        }

        return strings;
    }
}
