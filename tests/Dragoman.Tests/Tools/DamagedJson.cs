using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tests.Tools;

/// <summary>Writes an object the way a model damages JSON, in ways whose only plausible reading is the object.</summary>
internal sealed record DamagedJson(
    char Open, char Close, bool HasTrailingCommas, bool HasBareKeys, bool HasPythonLiterals, bool HasComments, bool LacksCommas, bool HasRawLineBreaks, string Wrapping)
{
    private static readonly string[] Texts = ["", "x", "it's", "say \"hi\"", "a\nb\tc", "{\"k\":[1,2]}", "C:\\dir", "// no", "#", "“quoted”", "‘q’", "é漢😀", "a, b: c", "\\n"];

    private static readonly string[] Names = ["a", "file_path", "$x", "old-name", "True", "b2"];

    /// <summary>Random objects whose keys are names, so that they can be written without quotes.</summary>
    public static Gen<JsonObject> Objects { get; } = Gen.Choose(0, 3).SelectMany(Object);

    public static Gen<DamagedJson> Damages { get; } =
        from quotes in Gen.Elements("\"\"", "''", "“”", "‘’")
        from flags in Gen.ListOf(Gen.Elements(true, false), 6)
        from wrapping in Gen.Elements("{0}", "```json\n{0}\n```", "Sure, here it is:\n{0}\nDone.", "cut", "string", "string in string", "<args>{0}</args>", "{0}}}")
        select new DamagedJson(quotes[0], quotes[1], flags[0], flags[1], flags[2], flags[3], flags[4], flags[5], wrapping);

    public string Apply(JsonObject value)
    {
        var text = new StringBuilder();
        Write(value, text);
        var json = text.ToString();
        return Wrapping switch
        {
            // Only closers are cut: what an unfinished value was going to be, nobody can tell.
            "cut" => json.TrimEnd(' ', '}', ']'),
            "string" => Quoted(json),
            "string in string" => Quoted(Quoted(json)),
            _ => string.Format(null, Wrapping, json),
        };
    }

    private static string Quoted(string json) => JsonValue.Create(json).ToJsonString();

    private static Gen<JsonObject> Object(int size) =>
        from names in Gen.SubListOf(Names)
        from values in Gen.ListOf(Gen.Constant(0).SelectMany(_ => Value(size - 1)), Names.Length)
        select new JsonObject(names.Zip(values, (name, value) => KeyValuePair.Create(name, value?.DeepClone())));

    private static Gen<JsonNode?> Value(int size)
    {
        var scalars = Gen.OneOf(
            Gen.Elements(Texts).Select(text => (JsonNode?)text),
            Gen.Elements("0", "-1.0", "12345678901234567890123", "1e5").Select(number => JsonNode.Parse(number)),
            Gen.Elements("true", "false", "null").Select(literal => JsonNode.Parse(literal)));
        return size <= 0
            ? scalars
            : Gen.OneOf(
                scalars,
                Object(size).Select(map => (JsonNode?)map),
                Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Gen.Constant(0).SelectMany(_ => Value(size - 1)), count))
                    .Select(list => (JsonNode?)new JsonArray([.. list.Select(value => value?.DeepClone())])));
    }

    private void Write(JsonNode? value, StringBuilder text)
    {
        switch (value)
        {
            case JsonObject map:
                text.Append('{');
                var members = 0;
                foreach (var (name, member) in map)
                {
                    if (members++ > 0)
                        text.Append(LacksCommas ? " " : ",");
                    if (HasComments)
                        text.Append(members % 2 == 0 ? "/* a, \"b\" */" : "// it's { a } comment\n");
                    if (HasBareKeys)
                        text.Append(name);
                    else
                        String(name, text);
                    text.Append(": ");
                    Write(member, text);
                }

                text.Append(HasTrailingCommas && members > 0 ? ", }" : "}");
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i > 0 ? ", " : "");
                    Write(list[i], text);
                }

                text.Append(HasTrailingCommas && list.Count > 0 ? ",]" : "]");
                break;
            case not null when value.GetValueKind() == JsonValueKind.String:
                String(value.GetValue<string>(), text);
                break;
            default:
                text.Append(Literal(value?.ToJsonString() ?? "null"));
                break;
        }
    }

    private string Literal(string json) => !HasPythonLiterals ? json : json switch
    {
        "true" => "True",
        "false" => "False",
        "null" => "None",
        _ => json,
    };

    private void String(string value, StringBuilder text)
    {
        // A typographic quote inside typographic quotes ends the string for everybody.
        var (open, close) = Open > 127 && value.Any("“”‘’".Contains) ? ('"', '"') : (Open, Close);
        text.Append(open);
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '\\' => "\\\\",
                '\n' => HasRawLineBreaks ? "\n" : "\\n",
                '\t' => HasRawLineBreaks ? "\t" : "\\t",
                '"' when open is not '\'' => "\\\"",
                '\'' when open == '\'' => "\\'",
                _ => c.ToString(),
            });
        }

        text.Append(close);
    }
}
