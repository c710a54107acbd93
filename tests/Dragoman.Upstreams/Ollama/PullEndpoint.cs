using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Upstreams.Serving;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Upstreams.Ollama;

/// <summary><c>POST /api/pull</c>: progress as NDJSON; the model is installed when the last line is sent.</summary>
internal sealed class PullEndpoint(OllamaScenario scenario, ModelStore models)
{
    private const int ProgressLines = 4;

    /// <summary>Answers a pull. A failure is a line with <c>error</c>, because the status has been sent by then.</summary>
    public async Task HandleAsync(HttpResponse response, string body, CancellationToken cancellationToken)
    {
        if (GoJson.ReadBody(body, out var request) is { } malformed)
        {
            await response.AnswerAsync(StatusCodes.Status400BadRequest, GoJson.Error(malformed), cancellationToken);
            return;
        }

        var name = request.FindText("model") ?? request.FindText("name") ?? "";
        var model = models.Find(name) ?? scenario.Pullable.FirstOrDefault(candidate => candidate.IsCalled(name));
        if (request.Find("stream") is { ValueKind: JsonValueKind.False })
        {
            await AnswerOnceAsync(response, model, cancellationToken);
            return;
        }

        var lines = new LineWriter(response, scenario, callNumber: 0);
        await lines.WriteAsync(Status("pulling manifest"), isLast: false, cancellationToken);
        if (model is null)
        {
            await lines.WriteAsync(GoJson.Error("pull model manifest: file does not exist"), isLast: true, cancellationToken);
            return;
        }

        await DownloadAsync(lines, model, cancellationToken);
        if (scenario.PullError is { } error)
        {
            await lines.WriteAsync(GoJson.Error(error), isLast: true, cancellationToken);
            return;
        }

        foreach (var status in (string[])["verifying sha256 digest", "writing manifest"])
        {
            await lines.WriteAsync(Status(status), isLast: false, cancellationToken);
        }

        Install(model);
        await lines.WriteAsync(Status("success"), isLast: true, cancellationToken);
    }

    private async Task DownloadAsync(LineWriter lines, SimulatedModel model, CancellationToken cancellationToken)
    {
        var layers = model.Layers ?? [model.Size];
        for (var layer = 0; layer < layers.Count; layer++)
        {
            for (var part = 1; part <= ProgressLines; part++)
            {
                await Task.Delay(scenario.PullPace, scenario.Clock, cancellationToken);
                await lines.WriteAsync(Progress(Digest(model, layer), layers[layer], layers[layer] * part / ProgressLines), isLast: false, cancellationToken);
                if (scenario.PullGate is { } gate)
                {
                    await gate.WaitAsync(cancellationToken);
                }
            }
        }
    }

    // The first layer is the model itself.
    private static string Digest(SimulatedModel model, int layer) =>
        layer == 0 ? CatalogEndpoints.Digest(model) : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{model.Name} {layer}")));

    private Task AnswerOnceAsync(HttpResponse response, SimulatedModel? model, CancellationToken cancellationToken)
    {
        if (model is null)
        {
            return response.AnswerAsync(
                StatusCodes.Status500InternalServerError, GoJson.Error("pull model manifest: file does not exist"), cancellationToken);
        }

        Install(model);
        return response.AnswerAsync(StatusCodes.Status200OK, Status("success"), cancellationToken);
    }

    private void Install(SimulatedModel model)
    {
        if (models.Find(model.Name) is null)
        {
            models.Install(model);
        }
    }

    private static string Status(string status) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", status);
        writer.WriteEndObject();
    });

    private static string Progress(string digest, long total, long completed) => Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", $"pulling {digest[..12]}");
        writer.WriteString("digest", $"sha256:{digest}");
        writer.WriteNumber("total", total);
        writer.WriteNumber("completed", completed);
        writer.WriteEndObject();
    });
}
