using System.Collections.Concurrent;
using System.Text.Json;
using Dragoman.Upstreams.Serving;

namespace Dragoman.Upstreams.Ollama;

/// <summary>What becomes of a chat request before the model runs. Exactly one of the parts is set.</summary>
/// <param name="Call">It will be answered, by this runner.</param>
/// <param name="Runner">The runner of <paramref name="Call"/>.</param>
/// <param name="Refusal">It is refused.</param>
/// <param name="Empty">It had no messages and only loaded or unloaded the model: the done reason, and the model's name.</param>
internal sealed record Admission(ChatCall? Call = null, Runner? Runner = null, Refusal? Refusal = null, string? Empty = null)
{
    public static implicit operator Admission(Refusal refusal) => new(Refusal: refusal);
}

/// <summary>The checks of Ollama's ChatHandler, in its order: body, model, key, thinking, tools, options, load, context.</summary>
internal sealed class ChatAdmission(OllamaScenario scenario, ModelStore models, Runners runners)
{
    private readonly ConcurrentDictionary<string, int> attempts = new(StringComparer.Ordinal);
    private int admitted;

    /// <summary>Decides about a request.</summary>
    public Admission Admit(string body, string? authorization)
    {
        if (GoJson.ReadBody(body, out var request) is { } malformed)
        {
            return new Refusal(400, malformed);
        }

        return FindModel(request, authorization, out var model) is { } refusal ? refusal : Admit(body, request, model!);
    }

    private Refusal? FindModel(JsonElement request, string? authorization, out SimulatedModel? model)
    {
        model = null;
        if (RequestShape.FirstError(request) is { } error)
        {
            return new Refusal(400, error);
        }

        if (request.Find("top_logprobs") is { } count && count.GetInt64() is < 0 or > 20)
        {
            return new Refusal(400, "top_logprobs must be between 0 and 20");
        }

        if (request.FindText("model") is not { Length: > 0 } name)
        {
            return new Refusal(400, "model is required");
        }

        model = models.Find(name);
        return model switch
        {
            null => Refusal.NotFound(name),
            { Key: { } key } when authorization != $"Bearer {key}" => Refusal.Unauthorized,
            _ => null,
        };
    }

    private Admission Admit(string body, JsonElement request, SimulatedModel model)
    {
        var hasMessages = request.FindItems("messages").Any();
        if (!hasMessages && KeepsNothing(request))
        {
            runners.Unload(model);
            return new Admission(Empty: "unload");
        }

        var think = request.Find("think");
        // A thinking level that a model does not know counts as true; false is fine on every model.
        if (think is { ValueKind: not JsonValueKind.False } && !model.Can("thinking"))
        {
            return new Refusal(400, $"\"{request.FindText("model")}\" does not support thinking");
        }

        if (!model.Can("completion"))
        {
            return new Refusal(400, $"\"{request.FindText("model")}\" does not support chat");
        }

        if (request.FindItems("tools").Any() && !model.Can("tools"))
        {
            return new Refusal(400, $"{model.RegistryName} does not support tools");
        }

        var options = request.Find("options");
        if (ChatOptions.FirstError(options) is { } wrongOption)
        {
            // handleScheduleError knows no status for it.
            return new Refusal(500, wrongOption);
        }

        var shift = request.Find("shift") is { } asked ? asked.GetBoolean() : model.Family != "deepseek2";
        var settings = new RunnerSettings(ChatOptions.NumCtx(options, model, scenario.DefaultNumCtx), shift, ChatOptions.LoadedWith(options));
        var (runner, isNew) = runners.Get(model, settings);
        return hasMessages ? Admit(body, request, runner, isNew) : new Admission(Empty: "load");
    }

    private Admission Admit(string body, JsonElement request, Runner runner, bool isNew)
    {
        var model = runner.Model;
        var (numCtx, shift) = (runner.Settings.NumCtx, runner.Settings.Shift);
        var (prompt, tooLong) = PromptFitting.Fit(model, request, numCtx, shift);
        if (tooLong is not null)
        {
            return tooLong;
        }

        if (WrongFormat(request) is { } wrongFormat)
        {
            return wrongFormat;
        }

        var call = new ChatCall
        {
            Number = Interlocked.Increment(ref admitted) - 1,
            Attempt = attempts.AddOrUpdate(request.Find("messages")!.Value.GetRawText(), 0, (_, earlier) => earlier + 1),
            Body = body,
            Request = request,
            Model = model,
            // Unset is true on a thinking model; gpt-oss ignores booleans.
            Thinks = model.Can("thinking") && (request.Find("think") is not { ValueKind: JsonValueKind.False } || model.Family == "gptoss"),
            NumCtx = numCtx,
            Shift = shift,
            MaxTokens = ChatOptions.MaxTokens(request.Find("options"), model, numCtx),
            Prompt = prompt!.Text,
            PromptTokens = prompt.Tokens,
            DroppedMessages = prompt.DroppedMessages,
            PrefixReuse = runner.ReuseFor(prompt.Text),
            LoadedModel = isNew,
        };
        runner.Slot = call.Prompt;
        return new Admission(call, runner);
    }

    /// <summary><c>format</c> is looked at last, when the completion is built, and its error carries no status of its own: 500.</summary>
    private static Refusal? WrongFormat(JsonElement request)
    {
        if (request.Find("format") is not { } format
            || format.ValueKind == JsonValueKind.Object
            || (format.ValueKind == JsonValueKind.String && (format.ValueEquals("json") || format.ValueEquals(""))))
        {
            return null;
        }

        var quoted = Json.Write(writer => writer.WriteStringValue(format.GetRawText()));
        return new Refusal(500, $"invalid format: {quoted}; expected \"json\" or a valid JSON Schema object");
    }

    /// <summary>Whether <c>keep_alive</c> is zero: the model leaves memory after the call.</summary>
    internal static bool KeepsNothing(JsonElement request) => request.Find("keep_alive") switch
    {
        { ValueKind: JsonValueKind.Number } seconds => seconds.GetDouble() == 0,
        { ValueKind: JsonValueKind.String } text => GoDuration.Parse(text.GetString()!) == 0,
        _ => false,
    };
}
