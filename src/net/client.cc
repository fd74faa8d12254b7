#include "net/client.h"

#include <fmt/core.h>

#include <array>
#include <boost/asio/connect.hpp>  // IWYU pragma: keep
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>  // IWYU pragma: keep
#include <string_view>
#include <utility>

#include "net/asio_error.h"
#include "net/chunk_decoder.h"
#include "net/grammar.h"
#include "net/input_buffer.h"
#include "net/message_head.h"

namespace meridian::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kHeadBytesMax = std::size_t{256} * 1024;

std::unexpected<Error> too_large(const ClientRequest& request) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("the response is over {} bytes", request.response_bytes_max));
}

// A connection whose operations block, and share one deadline.
class BlockingConnection {
  public:
    explicit BlockingConnection(std::chrono::milliseconds timeout)
        : deadline_(std::chrono::steady_clock::now() + timeout) {}

    error_code connect(const std::string& host, std::uint16_t port) {
        error_code result;
        const auto address = asio::ip::make_address(host, result);
        if (!result) {
            socket_.async_connect({address, port}, [&](const error_code& code) { result = code; });
            return run(result);
        }
        tcp::resolver resolver(context_);
        tcp::resolver::results_type endpoints;
        result = {};
        resolver.async_resolve(host, std::to_string(port), [&](const error_code& code, auto found) {
            result = code;
            endpoints = std::move(found);
        });
        if (run(result)) {
            return result;
        }
        asio::async_connect(socket_, endpoints,
                            [&](const error_code& code, const auto&) { result = code; });
        return run(result);
    }

    error_code write(std::string_view head, std::string_view body) {
        error_code result;
        const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
        asio::async_write(socket_, buffers,
                          [&](const error_code& code, std::size_t) { result = code; });
        return run(result);
    }

    error_code read(InputBuffer& into) {
        error_code result;
        const auto space = into.free_space();
        std::size_t received = 0;
        socket_.async_read_some(asio::buffer(space.data(), space.size()),
                                [&](const error_code& code, std::size_t bytes) {
                                    result = code;
                                    received = bytes;
                                });
        run(result);
        into.commit(received);
        return result;
    }

  private:
    // Past the deadline, closing makes the operation complete, since it refers to the caller's
    // variables.
    error_code run(error_code& result) {
        context_.restart();
        context_.run_until(deadline_);
        if (!context_.stopped()) {
            error_code ignored;
            socket_.close(ignored);
            context_.run();
            result = asio::error::timed_out;
        }
        return result;
    }

    asio::io_context context_{1};
    tcp::socket socket_{context_};
    std::chrono::steady_clock::time_point deadline_;
};

Result<std::string> render_head(const ClientRequest& request) {
    if (!is_token(request.method) || !is_target(request.target) || !is_field_value(request.host) ||
        request.host.empty()) {
        return fail(ErrorCode::kInvalidInput,
                    "the request's host, method or target is not valid in HTTP");
    }
    std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
                                   request.method, request.target, host_header(request));
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_field_value(value)) {
            return fail(ErrorCode::kInvalidInput, "a header of the request is not valid in HTTP");
        }
        head += fmt::format("{}: {}\r\n", name, value);
    }
    if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD")) {
        head += fmt::format("Content-Length: {}\r\n", request.body.size());
    }
    head += "\r\n";
    return head;
}

// Reads one response, after any number of interim ones (1xx).
class ResponseReader {
  public:
    ResponseReader(BlockingConnection& connection, const ClientRequest& request)
        : connection_(connection), request_(request), decoder_(request.response_bytes_max) {}

    Result<Response> read() {
        do {
            if (auto done = read_head(); !done) {
                return std::unexpected(std::move(done.error()));
            }
        } while (head_.status < 200);
        if (request_.method != "HEAD" && head_.status != 204 && head_.status != 304) {
            if (auto done = read_body(); !done) {
                return std::unexpected(std::move(done.error()));
            }
        }
        response_.status = head_.status;
        return std::move(response_);
    }

  private:
    Result<void> read_head() {
        std::size_t searched = 0;
        auto head_bytes = find_head(input_.bytes(), searched);
        while (!head_bytes) {
            if (input_.size() > kHeadBytesMax) {
                return fail(ErrorCode::kTooLarge, "the response's header is over the limit");
            }
            searched = input_.size();
            if (const error_code code = connection_.read(input_)) {
                return std::unexpected(to_error(code, "reading the response"));
            }
            head_bytes = find_head(input_.bytes(), searched);
        }
        std::vector<Header> headers;
        const auto head = read_response_head(input_.bytes().substr(0, *head_bytes), headers);
        if (!head) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("the peer's response: {}", head.error().message));
        }
        head_ = *head;
        response_.headers.assign(headers.begin(), headers.end());
        input_.consume(*head_bytes);
        return {};
    }

    Result<void> read_body() {
        if (head_.framing.content_length.value_or(0) > request_.response_bytes_max) {
            return too_large(request_);
        }
        for (;;) {
            const auto complete = take_body();
            if (!complete) {
                return std::unexpected(complete.error());
            }
            if (*complete) {
                return {};
            }
            const error_code code = connection_.read(input_);
            if (code == asio::error::eof && is_delimited_by_end()) {
                response_.body = std::string(input_.bytes());
                return {};
            }
            if (code) {
                return std::unexpected(to_error(code, "reading the response"));
            }
        }
    }

    [[nodiscard]] bool is_delimited_by_end() const {
        return !head_.framing.chunked && !head_.framing.content_length;
    }

    // Whether the whole body is there, which then is the response's.
    Result<bool> take_body() {
        std::size_t body_bytes = 0;
        if (head_.framing.chunked) {
            const auto status = decoder_.decode(input_, 0);
            if (status == ChunkDecoder::Status::kTooLarge) {
                return too_large(request_);
            }
            if (status == ChunkDecoder::Status::kMalformed) {
                return fail(ErrorCode::kUnavailable,
                            "the peer's response has a malformed chunked body");
            }
            if (status == ChunkDecoder::Status::kNeedMore) {
                return false;
            }
            body_bytes = decoder_.body_bytes();
        } else if (is_delimited_by_end()) {
            if (input_.size() > request_.response_bytes_max) {
                return too_large(request_);
            }
            return false;
        } else {
            body_bytes = static_cast<std::size_t>(*head_.framing.content_length);
            if (input_.size() < body_bytes) {
                return false;
            }
        }
        response_.body = std::string(input_.bytes().substr(0, body_bytes));
        return true;
    }

    BlockingConnection& connection_;
    const ClientRequest& request_;
    ChunkDecoder decoder_;
    InputBuffer input_;
    ResponseHead head_;
    Response response_;
};

}  // namespace

std::string host_header(const ClientRequest& request) {
    const bool is_ipv6 = request.host.contains(':');
    return is_ipv6 ? fmt::format("[{}]:{}", request.host, request.port)
                   : fmt::format("{}:{}", request.host, request.port);
}

Result<Response> send(const ClientRequest& request) {
    const auto head = render_head(request);
    if (!head) {
        return std::unexpected(head.error());
    }
    BlockingConnection connection(request.timeout);
    if (const error_code code = connection.connect(request.host, request.port)) {
        return std::unexpected(
            to_error(code, fmt::format("connecting to {}", host_header(request))));
    }
    if (const error_code code = connection.write(*head, request.body);
        code == asio::error::timed_out) {
        return std::unexpected(to_error(code, "sending the request"));
    }
    // A peer that refuses a body early answers and stops reading: its answer says more than the
    // broken pipe.
    return ResponseReader(connection, request).read();
}

}  // namespace meridian::net
