using System.Text.Json;

namespace Dragoman.Upstreams.Ollama;

/// <summary>What the runner of one model would do with a prompt: its size, the part that it still has in its cache, and whether the model had to be loaded anew.</summary>
internal sealed class ModelRunner
{
    // A model on a laptop: reads 500 tokens and writes 50 tokens a second.
    private const long PrefillNanosecondsPerToken = 2_000_000, DecodeNanosecondsPerToken = 20_000_000;
    private const long LoadNanoseconds = 3_000_000_000;
    private const int CharactersPerToken = 4;

    private readonly Lock _lock = new();
    private string _lastPrompt = "";
    private (int Context, bool Shift)? _loaded;

    /// <summary>How often the model was loaded; num_ctx and shift are launch flags of the runner (sched.go, needsReload).</summary>
    public int Loads { get; private set; }

    /// <summary>Takes a prompt in.</summary>
    public PromptRun Run(ChatCall call)
    {
        var context = call.Option("num_ctx") ?? call.Model.NumCtx ?? 4096;
        var shift = !call.Request.TryGetProperty("shift", out var given) || given.GetBoolean();
        var prompt = Render(call.Request);
        lock (_lock)
        {
            var load = _loaded != (context, shift);
            if (load)
            {
                Loads++;
                _loaded = (context, shift);
                _lastPrompt = "";
            }

            var reused = CommonPrefix(_lastPrompt, prompt);
            _lastPrompt = prompt;
            var tokens = Math.Max(1, prompt.Length / CharactersPerToken);
            var fresh = Math.Max(1, (prompt.Length - reused) / CharactersPerToken);
            return new PromptRun(tokens, context, load ? LoadNanoseconds : 1_000_000, fresh * PrefillNanosecondsPerToken, (double)reused / prompt.Length);
        }
    }

    /// <summary>The time that so many tokens take.</summary>
    public static long DecodeNanoseconds(int tokens) => tokens * DecodeNanosecondsPerToken;

    // Most templates render tools into the beginning.
    private static string Render(JsonElement request) =>
        (request.TryGetProperty("tools", out var tools) ? tools.GetRawText() : "") + request.GetProperty("messages").GetRawText();

    private static int CommonPrefix(string left, string right) => left.AsSpan().CommonPrefixLength(right);
}

/// <summary>A prompt as the runner took it.</summary>
/// <param name="Tokens">Its whole size.</param>
/// <param name="Context">The context size in force.</param>
/// <param name="LoadNanoseconds">Loading took this long.</param>
/// <param name="PrefillNanoseconds">Reading what wasn't cached took this long.</param>
/// <param name="Reused">The cached share, 0 to 1.</param>
public sealed record PromptRun(int Tokens, int Context, long LoadNanoseconds, long PrefillNanoseconds, double Reused);
