using Dragoman.Messages;

namespace Dragoman.Providers.Gemini;

/// <summary>What is to be made of the reason for which an answer ended.</summary>
internal enum EndingKind
{
    /// <summary>It is a good answer.</summary>
    Complete,

    /// <summary>The model, or a filter, refuses.</summary>
    Refused,

    /// <summary>The model wrote something that is no answer: often the next try is better.</summary>
    Fruitless,
}

/// <summary>Why an answer ended, from <c>finishReason</c> or <c>promptFeedback.blockReason</c>.</summary>
/// <param name="Kind">What is to be made of it.</param>
/// <param name="Reason">The stop reason for the client.</param>
/// <param name="Words">The reason in words, for a person.</param>
internal sealed record Ending(EndingKind Kind, StopReason Reason, string Words)
{
    /// <summary>The ending that a <c>finishReason</c> means. Unknown ones are complete: new ones are added now and then.</summary>
    public static Ending OfFinish(string reason) => reason switch
    {
        "MAX_TOKENS" => new Ending(EndingKind.Complete, StopReason.MaxTokens, reason),
        "SAFETY" => Refused("the answer was stopped by a safety filter"),
        "RECITATION" => Refused("the answer repeated a text that is protected too closely"),
        "LANGUAGE" => Refused("the language is not supported"),
        "BLOCKLIST" => Refused("the answer holds a word of a blocklist"),
        "PROHIBITED_CONTENT" => Refused("the answer may hold prohibited content"),
        "SPII" => Refused("the answer may hold sensitive personal data"),
        "MODEL_ARMOR" => Refused("the answer was stopped by Model Armor"),
        _ when reason.StartsWith("IMAGE_", StringComparison.Ordinal) => Refused("an image in the answer was stopped by a filter"),
        "MALFORMED_FUNCTION_CALL" => Fruitless("the model wrote a tool call that can't be read"),
        "UNEXPECTED_TOOL_CALL" => Fruitless("the model called a tool although it has none"),
        "MISSING_THOUGHT_SIGNATURE" => Fruitless("a tool call of the conversation lacks its thought signature"),
        "MALFORMED_RESPONSE" => Fruitless("the model's answer can't be read"),
        _ => new Ending(EndingKind.Complete, StopReason.EndTurn, reason),
    };

    /// <summary>The ending that a <c>blockReason</c> means: the prompt was refused.</summary>
    public static Ending OfBlock(string reason) => Refused(reason switch
    {
        "SAFETY" => "the prompt was stopped by a safety filter",
        "BLOCKLIST" => "the prompt holds a word of a blocklist",
        "PROHIBITED_CONTENT" => "the prompt may hold prohibited content",
        "IMAGE_SAFETY" => "an image of the prompt was stopped by a safety filter",
        "MODEL_ARMOR" => "the prompt was stopped by Model Armor",
        "JAILBREAK" => "the prompt looks like an attempt to get around the model's rules",
        _ => "the prompt was refused",
    });

    private static Ending Refused(string words) => new(EndingKind.Refused, StopReason.Refusal, words);

    private static Ending Fruitless(string words) => new(EndingKind.Fruitless, StopReason.EndTurn, words);
}
