using Dragoman.Messages;
using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>The visible text of an answer: watched for stop sequences that the upstream doesn't know, and for the tool calls that a model writes into it.</summary>
/// <param name="terms">What is known of the request.</param>
/// <param name="calls">Where calls in the text go.</param>
internal sealed class AnswerText(AnswerTerms terms, CallAssembly calls)
{
    private readonly StopSequenceWatch? _stop = terms.WatchedStops.Count > 0 ? new StopSequenceWatch(terms.WatchedStops) : null;
    private readonly WrittenCalls? _written = terms.Offer.Offered.Count > 0 ? new WrittenCalls(terms) : null;

    /// <summary>The stop sequence that was found: the answer ends there.</summary>
    public string? Hit => _stop?.Hit;

    /// <summary>Adds a piece of text.</summary>
    public void Add(JsonText text, List<ReplyEvent> events)
    {
        if (text.IsEmpty) return;
        if (_written is null) Watch(text, events);
        else _written.Append(text, shown => Watch(shown, events));
    }

    /// <summary>Shows what was held back, when something else than text comes, or nothing more.</summary>
    public void Flush(List<ReplyEvent> events)
    {
        if (_stop is not null) Show(JsonText.From(_stop.Flush()), events);
    }

    /// <summary>The answer is over: calls that stand in it are called, unless it was cut off.</summary>
    public void Close(bool isCut, List<ReplyEvent> events)
    {
        if (_written?.Close() is { } written)
        {
            Watch(JsonText.From(written.Text), events);
            Flush(events);
            foreach (var call in written.Calls.Where(_ => !isCut)) calls.AddWhole(call.Id, call.Name, call.Arguments, events);
        }

        Flush(events);
    }

    private void Watch(JsonText text, List<ReplyEvent> events)
    {
        if (Hit is not null) return;
        Show(_stop is null ? text : JsonText.From(_stop.Append(text.ToString())), events);
    }

    private static void Show(JsonText text, List<ReplyEvent> events)
    {
        if (!text.IsEmpty) events.Add(ReplyEvent.OfText(text));
    }
}
