using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>The bodies of <c>/api/version</c>, <c>/api/tags</c>, <c>/api/ps</c> and <c>/api/show</c>.</summary>
internal static class CatalogEndpoints
{
    // When the simulated models were pulled; any date will do.
    private const string ModifiedAt = "2026-08-20T12:00:00.123456789Z";

    // OLLAMA_KEEP_ALIVE's default.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(5);

    public static string Version(string version) => Object(writer => writer.WriteString("version", version));

    public static string Tags(IEnumerable<SimulatedModel> models) => ModelList(models, WriteTag);

    /// <summary>What is in memory. <c>context_length</c> is the context that was really allocated; <c>size_vram</c> equals <c>size</c> when nothing runs on the CPU.</summary>
    public static string Running(IEnumerable<Runner> runners, DateTimeOffset now, double vramShare) => ModelList(runners, (writer, runner) =>
    {
        WriteIdentity(writer, runner.Model);
        WriteDetails(writer, runner.Model);
        writer.WriteString("expires_at", now + KeepAlive);
        writer.WriteNumber("size_vram", (long)(runner.Model.Size * vramShare));
        writer.WriteNumber("context_length", runner.Settings.NumCtx);
    });

    public static string Show(SimulatedModel model) => Object(writer =>
    {
        writer.WriteString("modelfile", $"FROM {model.FullName}");
        if (model.Parameters is not null)
        {
            writer.WriteString("parameters", model.Parameters);
        }

        writer.WriteString("template", "{{ .Prompt }}");
        if (model.Renderer is not null)
        {
            writer.WriteString("renderer", model.Renderer);
            writer.WriteString("parser", model.Renderer);
        }

        WriteDetails(writer, model);
        writer.WriteStartObject("model_info");
        writer.WriteString("general.architecture", model.Family);
        writer.WriteNumber($"{model.Family}.context_length", model.ContextLength);
        if (model.Cache is var (layers, heads, headSize))
        {
            writer.WriteNumber($"{model.Family}.attention.head_count_kv", heads);
            writer.WriteNumber($"{model.Family}.attention.key_length", headSize);
            writer.WriteNumber($"{model.Family}.attention.value_length", headSize);
            writer.WriteNumber($"{model.Family}.block_count", layers);
        }

        writer.WriteEndObject();
        WriteCapabilities(writer, model);
        WriteRemote(writer, model);
        writer.WriteString("modified_at", ModifiedAt);
    });

    private static void WriteTag(Utf8JsonWriter writer, SimulatedModel model)
    {
        WriteIdentity(writer, model);
        writer.WriteString("modified_at", ModifiedAt);
        WriteDetails(writer, model);
        WriteCapabilities(writer, model);
        WriteRemote(writer, model);
    }

    private static void WriteIdentity(Utf8JsonWriter writer, SimulatedModel model)
    {
        writer.WriteString("name", model.FullName);
        writer.WriteString("model", model.FullName);
        writer.WriteNumber("size", model.Size);
        writer.WriteString("digest", Digest(model));
    }

    private static void WriteDetails(Utf8JsonWriter writer, SimulatedModel model)
    {
        writer.WriteStartObject("details");
        writer.WriteString("parent_model", "");
        writer.WriteString("format", "gguf");
        writer.WriteString("family", model.Family);
        writer.WriteStartArray("families");
        writer.WriteStringValue(model.Family);
        writer.WriteEndArray();
        writer.WriteString("parameter_size", model.ParameterSize);
        writer.WriteString("quantization_level", "Q4_K_M");
        // Recent, as capabilities are: a server that lacks the one lacks the other.
        if (model.Capabilities is not null)
        {
            writer.WriteNumber("context_length", model.ContextLength);
        }

        writer.WriteEndObject();
    }

    private static void WriteRemote(Utf8JsonWriter writer, SimulatedModel model)
    {
        if (model.RemoteHost is not null)
        {
            writer.WriteString("remote_model", model.Name);
            writer.WriteString("remote_host", model.RemoteHost);
        }
    }

    private static void WriteCapabilities(Utf8JsonWriter writer, SimulatedModel model)
    {
        if (model.Capabilities is not { } capabilities)
        {
            return;
        }

        writer.WriteStartArray("capabilities");
        foreach (var capability in capabilities)
        {
            writer.WriteStringValue(capability);
        }

        writer.WriteEndArray();
    }

    /// <summary>64 hexadecimal digits that stand for the model.</summary>
    internal static string Digest(SimulatedModel model) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model.FullName)));

    private static string ModelList<T>(IEnumerable<T> models, Action<Utf8JsonWriter, T> writeFields) => Object(writer =>
    {
        writer.WriteStartArray("models");
        foreach (var model in models)
        {
            writer.WriteStartObject();
            writeFields(writer, model);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Object(Action<Utf8JsonWriter> writeFields) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writeFields(writer);
        writer.WriteEndObject();
    });
}
