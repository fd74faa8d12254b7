#include "net/client.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "net/client_socket.h"
#include "net/grammar.h"
#include "net/gzip.h"
#include "net/input_buffer.h"
#include "net/response_parser.h"

namespace meridian::net {
namespace {

// Below this a body is copied behind its head, so that both leave in one packet.
constexpr std::size_t kCopiedBodyBytesMax = std::size_t{16} * 1024;

enum class Keep : std::uint8_t { kNo, kYes };

Result<std::string> render_head(const ClientRequest& request, Keep keep) {
    if (!is_token(request.method) || !is_target(request.target) || !is_field_value(request.host) ||
        request.host.empty()) {
        return fail(ErrorCode::kInvalidInput,
                    "the request's host, method or target is not valid in HTTP");
    }
    std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target,
                                   host_header(request));
    if (keep == Keep::kNo) {
        head += "Connection: close\r\n";
    }
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_field_value(value)) {
            return fail(ErrorCode::kInvalidInput, "a header of the request is not valid in HTTP");
        }
        head += fmt::format("{}: {}\r\n", name, value);
    }
    if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
        head += fmt::format("Content-Length: {}\r\n", request.body.size());
    }
    if (request.accepts_gzip) {
        head += "Accept-Encoding: gzip\r\n";
    }
    head += "\r\n";
    return head;
}

// Undoes the coding that render_head() asked for.
Result<Response> unpack(Response response, const ClientRequest& request) {
    const auto coding = std::ranges::find_if(response.headers, [](const auto& header) {
        return equal_ignoring_case(header.first, "Content-Encoding") &&
               equal_ignoring_case(header.second, "gzip");
    });
    if (!request.accepts_gzip || coding == response.headers.end() || response.body.empty()) {
        return response;
    }
    auto body = gunzip(response.body, request.response_bytes_max);
    if (!body) {
        const bool is_bomb = body.error().code == ErrorCode::kTooLarge;
        return fail(is_bomb ? ErrorCode::kTooLarge : ErrorCode::kUnavailable,
                    fmt::format("the peer's response: {}", body.error().message));
    }
    response.headers.erase(coding);
    response.body = *std::move(body);
    return response;
}

// Methods that ask for nothing to be changed (RFC 9110, 9.2.1).
bool is_safe(std::string_view method) {
    constexpr std::string_view kSafe[] = {"GET", "HEAD", "OPTIONS", "TRACE"};
    return std::ranges::find(kSafe, method) != std::end(kSafe);
}

// One request and its response on a connection.
class Exchange {
  public:
    Exchange(ClientSocket& socket, const ClientRequest& request, ClientSocket::Deadline deadline)
        : socket_(socket),
          request_(request),
          deadline_(deadline),
          parser_({.is_to_head = request.method == "HEAD",
                   .body_bytes_max = request.response_bytes_max}) {}

    Result<Response> run(std::string head) {
        if (auto done = send(std::move(head)); !done) {
            return std::unexpected(std::move(done.error()));
        }
        for (;;) {
            const auto whole = parser_.parse(input_);
            if (!whole) {
                return std::unexpected(whole.error());
            }
            if (*whole) {
                return unpack(std::move(parser_.response()), request_);
            }
            const auto bytes = socket_.receive(input_.free_space(), deadline_);
            if (!bytes) {
                return std::unexpected(bytes.error());
            }
            if (*bytes == 0) {
                return end();
            }
            input_.commit(*bytes);
            is_answered_ = true;
        }
    }

    // After a success: whether the connection is good for another request.
    [[nodiscard]] bool keeps_connection() const {
        return is_sent_ && !has_ended_ && input_.empty() && parser_.keep_alive();
    }
    [[nodiscard]] bool was_sent() const { return sent_bytes_ > 0; }
    // After a failure: whether there is time, and the server hasn't carried the request out or may
    // do so twice.
    [[nodiscard]] bool may_be_repeated(const Error& error) const {
        return error.code != ErrorCode::kTimeout && !is_answered_ &&
               (sent_bytes_ == 0 || is_safe(request_.method));
    }

  private:
    // A peer that refuses a body early answers and stops reading: its answer says more than the
    // broken pipe.
    Result<void> send(std::string head) {
        const bool is_small = request_.body.size() <= kCopiedBodyBytesMax;
        if (is_small) {
            head += request_.body;
        }
        auto sent = socket_.send(head, deadline_);
        sent_bytes_ = sent.bytes;
        if (!sent.error && !is_small) {
            sent = socket_.send(request_.body, deadline_);
        }
        is_sent_ = !sent.error;
        if (sent.error && (sent_bytes_ == 0 || sent.error->code == ErrorCode::kTimeout)) {
            return std::unexpected(*std::move(sent.error));
        }
        return {};
    }

    Result<Response> end() {
        has_ended_ = true;
        if (auto done = parser_.end(input_); !done) {
            return std::unexpected(std::move(done.error()));
        }
        return unpack(std::move(parser_.response()), request_);
    }

    ClientSocket& socket_;
    const ClientRequest& request_;
    ClientSocket::Deadline deadline_;
    ResponseParser parser_;
    InputBuffer input_;
    std::size_t sent_bytes_ = 0;  // of the head
    bool is_sent_ = false;
    bool is_answered_ = false;
    bool has_ended_ = false;
};

ClientSocket::Peer peer_of(const ClientRequest& request) {
    return {.host = request.host, .port = request.port, .tls = request.tls};
}

ClientSocket::Deadline deadline_of(const ClientRequest& request) {
    return std::chrono::steady_clock::now() + request.timeout;
}

Result<std::unique_ptr<ClientSocket>> connect(const ClientRequest& request,
                                              ClientSocket::Deadline deadline) {
    if (request.connect_timeout) {
        deadline = std::min(deadline, std::chrono::steady_clock::now() + *request.connect_timeout);
    }
    return ClientSocket::connect(peer_of(request), deadline);
}

}  // namespace

std::string host_header(const ClientRequest& request) {
    const bool is_ipv6 = request.host.contains(':');
    auto host = is_ipv6 ? fmt::format("[{}]", request.host) : request.host;
    return request.port == (request.tls ? 443 : 80) ? host
                                                    : fmt::format("{}:{}", host, request.port);
}

Result<Response> send(const ClientRequest& request) {
    auto head = render_head(request, Keep::kNo);
    if (!head) {
        return std::unexpected(std::move(head.error()));
    }
    const auto deadline = deadline_of(request);
    const auto socket = connect(request, deadline);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    return Exchange(**socket, request, deadline).run(*std::move(head));
}

Client::Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Response> Client::send(const ClientRequest& request) {
    was_sent_ = false;
    const auto head = render_head(request, Keep::kYes);
    if (!head) {
        return std::unexpected(head.error());
    }
    const auto deadline = deadline_of(request);
    if (socket_ && (socket_->peer() != peer_of(request) || socket_->is_stale())) {
        socket_.reset();
    }
    for (;;) {
        const bool is_kept = socket_ != nullptr;
        if (!is_kept) {
            auto fresh = connect(request, deadline);
            if (!fresh) {
                return std::unexpected(std::move(fresh.error()));
            }
            socket_ = *std::move(fresh);
        }
        Exchange exchange(*socket_, request, deadline);
        auto response = exchange.run(*head);
        was_sent_ = exchange.was_sent();
        if (!response || !exchange.keeps_connection()) {
            socket_.reset();
        }
        if (response || !is_kept || !exchange.may_be_repeated(response.error())) {
            return response;
        }
    }
}

}  // namespace meridian::net
