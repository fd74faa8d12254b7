#include "net/tls_stream.h"

#include <utility>

#include "base/log.h"
#include "net/tls_session.h"

namespace meridian::net {
namespace {

using Kind = TlsResult::Kind;
using Ready = TcpStream::Ready;

Ready readiness(Kind wanted) {
    return wanted == Kind::kWantsWrite ? Ready::kWrite : Ready::kRead;
}

// The handshake takes place within the first operation.
class TlsStream final : public Stream {
  public:
    TlsStream(std::unique_ptr<TcpStream> socket, const TlsContext& context)
        : socket_(std::move(socket)),
          session_(context, socket_->descriptor(), TlsSession::Role::kServer) {}

    void receive(std::span<char> into, std::shared_ptr<StreamSink> sink) override {
        if (is_plain_) {
            return socket_->receive(into, std::move(sink));
        }
        wait_to_receive(session_.has_input() ? Ready::kNow : Ready::kRead, into, std::move(sink));
    }

    std::optional<std::size_t> send(std::span<const std::string_view> pieces) override {
        if (is_plain_) {
            return socket_->send(pieces);
        }
        std::size_t sent = 0;
        for (std::string_view piece : pieces) {
            while (!piece.empty()) {
                const TlsResult result = session_.write(piece);
                if (result.kind == Kind::kWantsRead || result.kind == Kind::kWantsWrite) {
                    send_wants_ = readiness(result.kind);
                    return sent;
                }
                if (result.kind != Kind::kDone) {
                    return std::nullopt;
                }
                piece.remove_prefix(result.bytes);
                sent += result.bytes;
            }
        }
        return sent;
    }

    void wait_writable(std::shared_ptr<StreamSink> sink) override {
        socket_->wait(is_plain_ ? Ready::kWrite : send_wants_,
                      [sink = std::move(sink)] { sink->on_writable(); });
    }

    void watch(std::shared_ptr<StreamSink> sink) override {
        socket_->wait(session_.has_input() ? Ready::kNow : Ready::kRead,
                      [this, sink = std::move(sink)]() mutable { look(std::move(sink)); });
    }

    bool is_established() const override { return is_plain_ || session_.is_established(); }
    bool has_input() override { return session_.has_input() || socket_->has_input(); }

    void shut_down_sending() override {
        session_.finish_writing();
        socket_->shut_down_sending();
    }

    void close() override {
        session_.finish_writing();
        socket_->close();
    }

    std::string peer() const override { return socket_->peer(); }
    bool peer_is_loopback() const override { return socket_->peer_is_loopback(); }

  private:
    void wait_to_receive(Ready ready, std::span<char> into, std::shared_ptr<StreamSink> sink) {
        socket_->wait(ready, [this, into, sink = std::move(sink)]() mutable {
            receive_now(into, std::move(sink));
        });
    }

    void receive_now(std::span<char> into, std::shared_ptr<StreamSink> sink) {
        const TlsResult result = session_.read(into);
        switch (result.kind) {
            case Kind::kDone:
                return sink->on_received(result.bytes);
            case Kind::kWantsRead:
            case Kind::kWantsWrite:
                return wait_to_receive(readiness(result.kind), into, std::move(sink));
            case Kind::kFailed:
                if (!session_.is_established()) {
                    return fail_handshake(*sink);
                }
                break;
            case Kind::kEnded:
                break;
        }
        sink->on_ended();
    }

    void fail_handshake(StreamSink& sink) {
        log(LogLevel::kDebug, "net", "TLS with {}: {}", peer(), session_.failure());
        is_plain_ = session_.peer_speaks_plainly();
        is_plain_ ? sink.on_plain_text() : sink.on_ended();
    }

    void look(std::shared_ptr<StreamSink> sink) {
        const TlsResult result = session_.peek();
        if (result.kind == Kind::kWantsRead || result.kind == Kind::kWantsWrite) {
            socket_->wait(readiness(result.kind),
                          [this, sink = std::move(sink)]() mutable { look(std::move(sink)); });
        } else {
            sink->on_watched(result.kind != Kind::kDone);
        }
    }

    std::unique_ptr<TcpStream> socket_;
    TlsSession session_;
    Ready send_wants_ = Ready::kWrite;
    bool is_plain_ = false;
};

}  // namespace

std::unique_ptr<Stream> make_tls_stream(std::unique_ptr<TcpStream> socket,
                                        const TlsContext& context) {
    return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace meridian::net
