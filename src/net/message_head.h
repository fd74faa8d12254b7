// The head of an HTTP/1 message, start line and fields, read strictly: what two readers could
// understand differently is refused (RFC 9112, 6.1 and 11.2), so that nothing can be smuggled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace meridian::net {

// Why a message is not taken, as the peer is told: the status, and one sentence.
struct Refusal {
    int status = 400;
    std::string message;
};

// How the body is delimited.
struct Framing {
    bool chunked = false;
    std::optional<std::uint64_t> content_length;
};

struct RequestHead {
    std::string_view method;
    std::string_view target;  // always the path form, or "*"
    bool is_head = false;     // the method: the answer carries no body
    bool is_http10 = false;
    bool keep_alive = false;
    bool expects_continue = false;
    Framing framing;
};

struct ResponseHead {
    int status = 0;
    bool keep_alive = false;
    Framing framing;
};

// The bytes of the head at the front of `bytes`, its empty line included; nothing while that line
// has not come. `searched` bytes are known not to hold the end of it.
[[nodiscard]] std::optional<std::size_t> find_head(std::string_view bytes, std::size_t searched);

// Whether what has come of a head can still become one: no NUL and no line ending but CRLF. The
// first `searched` bytes are known to be good.
[[nodiscard]] bool may_become_head(std::string_view bytes, std::size_t searched);

// Reads a whole head (find_head's bytes). Views point into it; `headers` is overwritten.
[[nodiscard]] std::expected<RequestHead, Refusal> read_request_head(std::string_view head,
                                                                    std::vector<Header>& headers);
[[nodiscard]] std::expected<ResponseHead, Refusal> read_response_head(std::string_view head,
                                                                      std::vector<Header>& headers);

}  // namespace meridian::net
