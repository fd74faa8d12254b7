#include "net/tcp.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>  // IWYU pragma: keep
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/log_limit.h"
#include "net/asio_error.h"

namespace meridian::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr std::size_t kPiecesMax = 4;
// Out of file descriptors or memory: accepting again at once would fail again at once.
constexpr std::chrono::milliseconds kAcceptPause{20};

std::string format_endpoint(const tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    return fmt::format(fmt::runtime(address.is_v6() ? "[{}]:{}" : "{}:{}"), address.to_string(),
                       endpoint.port());
}

class SocketStream final : public TcpStream {
  public:
    explicit SocketStream(Socket socket) : socket_(std::move(socket)) {
        error_code ignored;  // a peer that is gone already shows at the first receive
        socket_.set_option(tcp::no_delay(true), ignored);
        socket_.non_blocking(true, ignored);
        const auto endpoint = socket_.remote_endpoint(ignored);
        peer_ = format_endpoint(endpoint);
        peer_is_loopback_ = endpoint.address().is_loopback();
    }

    void receive(std::span<char> into, std::shared_ptr<StreamSink> sink) override {
        socket_.async_read_some(
            asio::buffer(into.data(), into.size()),
            [sink = std::move(sink)](const error_code& code, std::size_t bytes) {
                if (!code) {
                    sink->on_received(bytes);
                } else if (code != asio::error::operation_aborted) {
                    sink->on_ended();
                }
            });
    }

    std::optional<std::size_t> send(std::span<const std::string_view> pieces) override {
        std::array<asio::const_buffer, kPiecesMax> buffers;
        const std::size_t count = std::min(pieces.size(), kPiecesMax);
        for (std::size_t i = 0; i < count; ++i) {
            buffers[i] = asio::buffer(pieces[i].data(), pieces[i].size());
        }
        error_code code;
        const std::size_t sent = count == 1
                                     ? socket_.write_some(buffers[0], code)
                                     : socket_.write_some(std::span(buffers).first(count), code);
        if (code == asio::error::would_block) {
            return 0;
        }
        return code ? std::nullopt : std::optional(sent);
    }

    void wait_writable(std::shared_ptr<StreamSink> sink) override {
        wait(Ready::kWrite, [sink = std::move(sink)] { sink->on_writable(); });
    }

    void watch(std::shared_ptr<StreamSink> sink) override {
        wait(Ready::kRead, [this, sink = std::move(sink)]() mutable {
            char byte = 0;
            error_code code;
            socket_.receive(asio::buffer(&byte, 1), Socket::message_peek, code);
            if (code == asio::error::would_block) {
                watch(std::move(sink));
            } else {
                sink->on_watched(code.failed());
            }
        });
    }

    void wait(Ready ready, std::move_only_function<void()> then) override {
        auto resume = [this, then = std::move(then)](const error_code& code = {}) mutable {
            if (code != asio::error::operation_aborted && socket_.is_open()) {
                then();
            }
        };
        if (ready == Ready::kNow) {
            asio::post(socket_.get_executor(), std::move(resume));
        } else {
            socket_.async_wait(ready == Ready::kRead ? Socket::wait_read : Socket::wait_write,
                               std::move(resume));
        }
    }

    int descriptor() override { return socket_.native_handle(); }
    bool is_established() const override { return true; }

    bool has_input() override {
        error_code code;
        return socket_.available(code) > 0;
    }

    void shut_down_sending() override {
        error_code ignored;
        socket_.shutdown(Socket::shutdown_send, ignored);
    }

    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

    std::string peer() const override { return peer_; }
    bool peer_is_loopback() const override { return peer_is_loopback_; }

  private:
    Socket socket_;
    std::string peer_;
    bool peer_is_loopback_ = false;
};

Error explain_listen_error(const error_code& code, const tcp::endpoint& endpoint) {
    Error error = to_error(code, fmt::format("listening on {}", format_endpoint(endpoint)));
    if (error.code == ErrorCode::kPortInUse) {
        error.message = fmt::format(
            "port {0} on {1} is in use by another process; `ss -ltnp 'sport = :{0}'` shows which",
            endpoint.port(), endpoint.address().to_string());
    }
    return error;
}

}  // namespace

struct Listener::State {
    std::vector<Loop*> loops;
    Acceptor acceptor;
    OnAccepted on_accepted;
    OnExhausted on_exhausted;
    SystemClock clock;
    LogLimit failures{clock, {.lines_max = 1}};
    std::size_t next = 0;

    void accept() {
        const std::size_t loop = next++ % loops.size();
        acceptor.async_accept(
            loops[loop]->context(), [this, loop](const error_code& code, auto socket) {
                if (is_closed(code)) {
                    return;
                }
                if (!code) {
                    on_accepted(std::make_unique<SocketStream>(Socket(std::move(socket))), loop);
                } else if (code != asio::error::connection_aborted) {
                    return wait_after(code);
                }
                accept();
            });
    }

    // Linux says that there is no descriptor for a newcomer also when there is no newcomer.
    void wait_after(const error_code& failure) {
        acceptor.async_wait(Acceptor::wait_read, [this, failure](const error_code& code) {
            if (is_closed(code)) {
                return;
            }
            log_limited(failures, LogLevel::kWarn, "net", "accepting a connection failed: {}",
                        failure.message());
            on_exhausted();
            loops.front()->after(kAcceptPause, [this] { accept(); });
        });
    }

    [[nodiscard]] bool is_closed(const error_code& code) const {
        return code == asio::error::operation_aborted || !acceptor.is_open();
    }
};

Result<std::unique_ptr<Listener>> Listener::open(std::vector<Loop*> loops,
                                                 const std::string& address, std::uint16_t port) {
    error_code code;
    const tcp::endpoint endpoint(asio::ip::make_address(address, code), port);
    if (code) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("\"{}\" is no address to listen on; use one like 127.0.0.1", address));
    }
    Acceptor acceptor(loops.front()->context());
    acceptor.open(endpoint.protocol(), code);
    if (!code) {
        // Only lets a restart pass connections of before that linger in TIME_WAIT.
        acceptor.set_option(Acceptor::reuse_address(true), code);
    }
    if (!code) {
        acceptor.bind(endpoint, code);
    }
    if (!code) {
        acceptor.listen(Acceptor::max_listen_connections, code);
    }
    if (code) {
        return std::unexpected(explain_listen_error(code, endpoint));
    }
    return std::unique_ptr<Listener>(
        new Listener(std::make_unique<State>(std::move(loops), std::move(acceptor))));
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

void Listener::start(OnAccepted on_accepted, OnExhausted on_exhausted) {
    state_->on_accepted = std::move(on_accepted);
    state_->on_exhausted = std::move(on_exhausted);
    state_->accept();
}

void Listener::close() {
    error_code ignored;
    state_->acceptor.close(ignored);
}

std::uint16_t Listener::port() const {
    error_code ignored;
    return state_->acceptor.local_endpoint(ignored).port();
}

}  // namespace meridian::net
