using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Recording;

/// <summary>
/// The form of a recorded exchange on disk: a folder with <c>meta.json</c>, <c>client-request.json</c>, <c>client-answer.*</c>, and for each request to an
/// upstream <c>upstream-N-request.json</c> and <c>upstream-N-answer.*</c>: bytes as they passed, but for secrets.
/// </summary>
internal static class RecordingFolder
{
    /// <summary>The description of an exchange.</summary>
    public const string Meta = "meta.json";

    /// <summary>The body of the client's request.</summary>
    public const string ClientRequest = "client-request.json";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an exchange into a folder of its own; returns how many bytes it took.</summary>
    /// <exception cref="IOException">The disk is full, or the folder can't be made.</exception>
    public static async Task<long> WriteAsync(string directory, ExchangeRecording recording)
    {
        var folder = Path.Combine(directory, $"{recording.StartedAt.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture)}-{recording.Id}");
        Create(folder);
        var redaction = new Redaction();
        using var meta = new MemoryStream();
        var files = new List<(string Name, byte[] Bytes)>();
        await using (var json = new Utf8JsonWriter(meta, Readable)) WriteMeta(json, recording, redaction, files);
        // All headers have been seen now, so that every secret is known.
        files.Add((Meta, meta.ToArray()));
        long total = 0;
        foreach (var (name, bytes) in files)
        {
            // The description too: it quotes errors.
            var clean = redaction.Body(bytes);
            await File.WriteAllBytesAsync(Path.Combine(folder, name), clean);
            total += clean.Length;
        }

        return total;
    }

    /// <summary>Makes a folder that nobody else on the machine may read: it holds whole conversations.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void WriteMeta(Utf8JsonWriter json, ExchangeRecording recording, Redaction redaction, List<(string Name, byte[] Bytes)> files)
    {
        json.WriteStartObject();
        json.WriteString("requestId", recording.Id);
        json.WriteString("time", recording.StartedAt);
        json.WriteString("method", recording.Asked.Method);
        json.WriteString("path", recording.Asked.Path);
        recording.Describe?.Invoke(json);
        WriteHeaders(json, "requestHeaders", recording.ClientHeaders, redaction);
        WriteHeaders(json, "answerHeaders", recording.AnswerHeaders, redaction);
        WriteFile(json, "request", ClientRequest, recording.ClientRequest.ToArray(), recording.ClientRequest.IsCut, files);
        WriteFile(json, "answer", "client-answer" + Extension(recording.AnswerHeaders), recording.ClientAnswer.ToArray(), recording.ClientAnswer.IsCut, files);
        json.WriteStartArray("upstream");
        var calls = recording.Calls;
        for (var i = 0; i < calls.Count; i++) WriteCall(json, i + 1, calls[i], recording, redaction, files);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter json, int number, UpstreamCall call, ExchangeRecording recording, Redaction redaction, List<(string Name, byte[] Bytes)> files)
    {
        json.WriteStartObject();
        json.WriteString("method", call.Method);
        json.WriteString("address", redaction.Address(call.Address));
        json.WriteNumber("status", call.Status);
        if (call.Failure is not null) json.WriteString("failure", call.Failure);
        WriteTime(json, "sentAfterMilliseconds", recording, call.SentAt);
        WriteTime(json, "answeredAfterMilliseconds", recording, call.AnsweredAt);
        WriteTime(json, "firstByteAfterMilliseconds", recording, call.Answer.FirstAt);
        WriteTime(json, "lastByteAfterMilliseconds", recording, call.Answer.LastAt);
        WriteHeaders(json, "requestHeaders", call.RequestHeaders, redaction);
        WriteHeaders(json, "answerHeaders", call.AnswerHeaders, redaction);
        WriteFile(json, "request", $"upstream-{number}-request.json", call.RequestBody, isCut: false, files);
        WriteFile(json, "answer", $"upstream-{number}-answer{Extension(call.AnswerHeaders)}", call.Answer.ToArray(), call.Answer.IsCut, files);
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, string property, string name, byte[] bytes, bool isCut, List<(string Name, byte[] Bytes)> files)
    {
        if (bytes.Length == 0) return;
        json.WriteString(property, name);
        if (isCut) json.WriteBoolean(property + "Cut", value: true);
        files.Add((name, bytes));
    }

    private static void WriteTime(Utf8JsonWriter json, string name, ExchangeRecording recording, long at)
    {
        if (at != 0) json.WriteNumber(name, Math.Round(recording.Time.GetElapsedTime(recording.Started, at).TotalMilliseconds, 1));
    }

    private static void WriteHeaders(Utf8JsonWriter json, string name, IReadOnlyList<(string Name, string Value)> headers, Redaction redaction)
    {
        json.WriteStartObject(name);
        foreach (var header in headers) json.WriteString(header.Name, redaction.Header(header.Name, header.Value));
        json.WriteEndObject();
    }

    private static string Extension(IReadOnlyList<(string Name, string Value)> headers)
    {
        var type = headers.FirstOrDefault(header => string.Equals(header.Name, "Content-Type", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        if (type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)) return ".sse";
        if (type.StartsWith("application/x-ndjson", StringComparison.OrdinalIgnoreCase)) return ".ndjson";
        return type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? ".json" : ".txt";
    }
}
