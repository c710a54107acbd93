using System.Buffers;
using System.Text.Json;

namespace Dragoman.Bench.Report;

/// <summary>All figures as JSON: the machine, the rows, and every number of every round.</summary>
internal static class JsonReport
{
    /// <summary>Writes it.</summary>
    public static byte[] Write(BenchSession bench, IReadOnlyDictionary<string, string> machine)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("machine");
            foreach (var (name, value) in machine) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteStartArray("rows");
            foreach (var row in bench.Rows)
            {
                json.WriteStartObject();
                json.WriteString("key", row.Peer.Key);
                json.WriteString("name", row.Peer.Name);
                json.WriteString("kind", row.Peer.Kind);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("failures");
            foreach (var failure in bench.Failures) json.WriteStringValue(failure);
            json.WriteEndArray();
            json.WriteStartArray("figures");
            foreach (var figure in bench.Figures.All) Write(json, figure);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, in Figure figure)
    {
        json.WriteStartObject();
        json.WriteString("phase", figure.Phase);
        json.WriteString("case", figure.Case);
        json.WriteString("row", figure.Row);
        json.WriteString("metric", figure.Metric);
        if (double.IsFinite(figure.Value)) json.WriteNumber("value", figure.Value);
        else json.WriteNull("value");
        json.WriteEndObject();
    }
}
