using System.Text.Json;
using Dragoman.Upstreams.Writing;

namespace Dragoman.Upstreams.OpenAi;

/// <summary>Elements of <c>tool_calls</c>, as servers with one oddity or another cut them.</summary>
internal static class CallPieces
{
    /// <summary>The elements of parallel calls, one a chunk.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<ScriptedCall> calls, OpenAiOddities odd)
    {
        var pieces = calls.Select(call => Of(call, odd).ToList()).ToList();
        if (!odd.InterleavesCalls)
        {
            return pieces.SelectMany(piece => piece);
        }

        return Enumerable.Range(0, pieces.Max(piece => piece.Count)).SelectMany(turn => pieces.Where(piece => turn < piece.Count).Select(piece => piece[turn]));
    }

    /// <summary>A call in an answer that isn't streamed.</summary>
    public static string Whole(ScriptedCall call, OpenAiOddities odd) => Piece(call, odd, 0, call.ArgumentsJson, isFirst: true, isObject: odd.Arguments == ArgumentForm.Unquoted);

    private static IEnumerable<string> Of(ScriptedCall call, OpenAiOddities odd)
    {
        if (odd.Arguments is ArgumentForm.Whole or ArgumentForm.Unquoted)
        {
            yield return Piece(call, odd, 0, call.ArgumentsJson, isFirst: true, isObject: odd.Arguments == ArgumentForm.Unquoted);
            yield break;
        }

        yield return Piece(call, odd, 0, odd.Arguments == ArgumentForm.PiecesAfterEmptyObject ? "{}" : "", isFirst: true, isObject: false);
        var number = 1;
        foreach (var piece in TokenPieces.Of(call.ArgumentsJson))
        {
            yield return Piece(call, odd, number++, piece, isFirst: false, isObject: false);
        }
    }

    private static string Piece(ScriptedCall call, OpenAiOddities odd, int number, string arguments, bool isFirst, bool isObject)
    {
        var fields = new List<string>();
        if (odd.CallIndices != CallIndexForm.Missing)
        {
            fields.Add($"\"index\":{(odd.CallIndices == CallIndexForm.AllZero ? 0 : call.Index)}");
        }

        var id = odd.CallIds switch
        {
            CallIdForm.Missing => null,
            CallIdForm.Changing => $"{call.Id}_{number}",
            CallIdForm.Repeated => call.Id,
            _ => isFirst ? call.Id : null,
        };
        if (id is not null)
        {
            fields.Add($"\"id\":\"{id}\"");
        }

        if (isFirst)
        {
            fields.Add("\"type\":\"function\"");
        }

        var name = isFirst || odd.RepeatsNames ? $"\"name\":{JsonSerializer.Serialize(call.Name)}," : "";
        fields.Add($"\"function\":{{{name}\"arguments\":{(isObject ? arguments : JsonSerializer.Serialize(arguments))}}}");
        return $"{{{string.Join(',', fields)}}}";
    }
}
