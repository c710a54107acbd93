using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Dragoman.Messages;

namespace Dragoman.Providers;

/// <summary>
/// The body of a request to an upstream, in a pooled buffer. An upstream may answer, and the client may go, while the body is still being sent;
/// so the buffer goes back to the pool when the provider is done with it <em>and</em> nobody sends it any more.
/// </summary>
internal sealed class UpstreamBody : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PooledBuffer _buffer = new();
    private int _senders;
    private bool _disposed;

    /// <summary>Where the body is written.</summary>
    public IBufferWriter<byte> Writer => _buffer;

    /// <summary>The body. Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.Written;

    /// <summary>The body as the JSON content of a request.</summary>
    public HttpContent ToContent() => new Content(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            if (_senders == 0) _buffer.Clear();
        }
    }

    private ReadOnlyMemory<byte> BeginSending()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _senders++;
            return _buffer.Written;
        }
    }

    private void EndSending()
    {
        lock (_lock)
        {
            _senders--;
            if (_disposed && _senders == 0) _buffer.Clear();
        }
    }

    private sealed class Content : HttpContent
    {
        private readonly UpstreamBody _body;

        public Content(UpstreamBody body)
        {
            _body = body;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var bytes = _body.BeginSending();
            try
            {
                await stream.WriteAsync(bytes, cancellationToken);
            }
            finally
            {
                _body.EndSending();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Bytes.Length;
            return true;
        }
    }
}
