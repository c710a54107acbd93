namespace Dragoman.Messages;

/// <summary>What the parser has found so far; <see cref="Build"/> makes the request of it.</summary>
internal sealed class RequestFields
{
    public string? Model { get; set; }
    public List<Message>? Messages { get; set; }
    public int? MaxTokens { get; set; }
    public List<TextBlock> System { get; set; } = [];
    public bool Stream { get; set; }
    public List<string> StopSequences { get; set; } = [];
    public IReadOnlyList<Tool> Tools { get; set; } = [];
    public ToolChoice? ToolChoice { get; set; }
    public Thinking? Thinking { get; set; }
    public string? Effort { get; set; }
    public ReadOnlyMemory<byte> OutputSchema { get; set; }
    public double? Temperature { get; set; }
    public double? TopP { get; set; }
    public int? TopK { get; set; }
    public List<ContextEdit> ContextEdits { get; set; } = [];
    public string? UserId { get; set; }
    public bool HasMcpServers { get; set; }
    public List<string> Degraded { get; } = [];

    /// <summary>Checks the required fields and makes the request.</summary>
    public MessagesRequest Build(ReadOnlyMemory<byte> body, bool counting, List<string> ignored)
    {
        if (Model is null) throw new InvalidRequestException("model: Field required");
        if (Messages is null) throw new InvalidRequestException("messages: Field required");
        if (MaxTokens is null && !counting) throw new InvalidRequestException("max_tokens: Field required");
        // The MCP connector runs on Anthropic's servers; without it the model simply doesn't have those tools.
        if (HasMcpServers) Degraded.Add("mcp_servers=ignored");
        // Named even where nobody reads the log: an application that shows sources must know that there will be none.
        if (ignored.Exists(path => path.EndsWith(".citations", StringComparison.Ordinal))) Degraded.Add("citations=ignored");
        return new MessagesRequest
        {
            Body = body,
            Model = Model,
            Messages = Messages,
            System = System,
            MaxTokens = MaxTokens ?? 0,
            Stream = Stream,
            StopSequences = StopSequences,
            Tools = Tools,
            ToolChoice = ToolChoice,
            Thinking = Thinking,
            Effort = Messages.LastOrDefault(message => message.Effort is not null)?.Effort ?? Effort,
            OutputSchema = OutputSchema,
            Temperature = Temperature,
            TopP = TopP,
            TopK = TopK,
            ContextEdits = ContextEdits,
            UserId = UserId,
            IgnoredFields = ignored,
            Degraded = Degraded,
        };
    }
}
