using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Tokens;

namespace Dragoman;

/// <summary>The gateway's settings: <c>dragoman.json</c>, the command line, or code of a host application.</summary>
public sealed class DragomanOptions
{
    /// <summary>The JSON schema of the file, for editors.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>Address to listen on. Anything but loopback needs a <see cref="Key"/>.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on; 0 takes a free one.</summary>
    public int Port { get; set; } = 3000;

    /// <summary>The key that clients must show in <c>x-api-key</c> or <c>Authorization: Bearer</c>; <c>env:NAME</c> reads an environment variable, <c>file:PATH</c> a file. Null: none is needed.</summary>
    public string? Key { get; set; }

    /// <summary>Host names by which clients may address the gateway, besides loopback.</summary>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>Origins of web pages that may use the gateway, for example <c>https://app.example</c>.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>The model for names that nothing else matches.</summary>
    public string DefaultModel
    {
        get;
        set
        {
            field = value;
            DefaultModelChosen = true;
        }
    } = "llama3.1";

    /// <summary><see cref="DefaultModel"/> was set, be it to the usual one; otherwise a better installed one may be taken.</summary>
    [JsonIgnore]
    public bool DefaultModelChosen { get; private set; }

    /// <summary>The user named an upstream; otherwise the demo answers while the usual one isn't there.</summary>
    [JsonIgnore]
    public bool UpstreamChosen { get; set; }

    /// <summary>Neither a file nor the command line says anything of upstreams, so that what is found on the machine may be taken.</summary>
    internal bool UpstreamOpen { get; set; }

    /// <summary>Client's model (with <c>*</c> as wildcard) to one upstream model, a list in order of preference, or <c>use</c> and <c>strategy</c>: <c>model</c> or <c>provider/model</c>.</summary>
    public IDictionary<string, JsonElement> Models { get; set; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Models for kinds of requests, in place of what <see cref="Models"/> says for Claude's names: role to what a value of <see cref="Models"/> may be.</summary>
    public IDictionary<string, JsonElement> Roles { get; set; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Each provider's own section, by name; <c>type</c> says what it is when the name doesn't.</summary>
    public IDictionary<string, JsonElement> Providers { get; set; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Answers carry the real model's name instead of the one that the client asked for.</summary>
    public bool ReturnRealModel { get; set; }

    /// <summary>How long a streaming answer waits for the upstream's first event before it begins, in seconds. A refusal in this time is a real HTTP status.</summary>
    public double FirstEventGraceSeconds { get; set; } = 2;

    /// <summary>Seconds of silence after which a <c>ping</c> is sent.</summary>
    public double PingIntervalSeconds { get; set; } = 10;

    /// <summary>Seconds without a byte after which an upstream counts as dead.</summary>
    public double IdleTimeoutSeconds { get; set; } = 600;

    /// <summary>What is asked again after a failure.</summary>
    public RetryOptions Retries { get; set; } = new();

    /// <summary>How tokens are counted.</summary>
    public TokenCounterKind TokenCounter { get; set; }

    /// <summary>What to do when a client insists on thinking and the model can't: <c>error</c> or <c>ignore</c>.</summary>
    public ThinkingUnsupported ThinkingUnsupported { get; set; }

    /// <summary>What to do with images for a model that can't see: <c>notice</c> (the model is told) or <c>error</c>.</summary>
    public ImagesUnsupported ImagesUnsupported { get; set; }

    /// <summary>Images and documents that a request names by URL.</summary>
    public FetchOptions Fetch { get; set; } = new();

    /// <summary>The program that turns a PDF on its standard input into text on its standard output; empty: none.</summary>
    public string PdfToText { get; set; } = "pdftotext";

    /// <summary>Logs translated requests and ignored fields too.</summary>
    public bool Verbose { get; set; }

    /// <summary>What was found wrong where the settings come from. The gateway doesn't work with them then; it says this, and what it finds itself.</summary>
    internal ConfigProblems Problems { get; set; } = new();

    /// <summary>What is not wrong but should be otherwise, each in a sentence.</summary>
    internal IReadOnlyList<string> Notices { get; set; } = [];
}

/// <summary>What to do when a client insists on thinking and the model can't.</summary>
public enum ThinkingUnsupported
{
    /// <summary>Answer 400 with the model's name and the fix.</summary>
    Error,

    /// <summary>Go on without thinking.</summary>
    Ignore,
}

/// <summary>What to do with images for a model that can't see.</summary>
public enum ImagesUnsupported
{
    /// <summary>A notice for the model takes each image's place.</summary>
    Notice,

    /// <summary>Answer 400.</summary>
    Error,
}

/// <summary>Fetching of images and documents that a request names by URL.</summary>
public sealed class FetchOptions
{
    /// <summary>Fetch at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Hosts that may be fetched from although their address is private.</summary>
    public IList<string> AllowPrivateHosts { get; set; } = [];

    /// <summary>The largest file, in bytes.</summary>
    public int MaxBytes { get; set; } = 20 << 20;

    /// <summary>The longest time, in seconds.</summary>
    public double TimeoutSeconds { get; set; } = 20;
}

/// <summary>Repeats of requests that failed before the client has seen anything of an answer.</summary>
public sealed class RetryOptions
{
    /// <summary>How often each target is asked at most; 1: nothing is repeated.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>No repeat begins later than this many seconds after the first attempt.</summary>
    public double TotalSeconds { get; set; } = 30;

    /// <summary>An upstream that asks for a longer wait than this (<c>retry-after</c>), in seconds, isn't waited for.</summary>
    public double LongestWaitSeconds { get; set; } = 5;
}
