using Dragoman.Replies;

namespace Dragoman.Providers.OpenAi;

/// <summary>Makes reply events of the objects of an answer. Pure: no I/O, no clock; the same objects give the same events. Texts in the events are views into the object.</summary>
internal interface IAnswerTranslator
{
    /// <summary>The answer has ended, well or not: what comes after it is of no interest.</summary>
    bool Ended { get; }

    /// <summary>The model has said why it ended: what breaks now breaks nothing.</summary>
    bool HasEnding { get; }

    /// <summary>Translates one object; the events are added to <paramref name="events"/>.</summary>
    void Next(ReadOnlyMemory<byte> chunk, List<ReplyEvent> events);

    /// <summary>The stream is over; <paramref name="isDone"/>: the upstream said so.</summary>
    void EndOfStream(bool isDone, List<ReplyEvent> events);
}
