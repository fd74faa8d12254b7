// Bytes become requests, without a socket in sight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "net/chunk_decoder.h"
#include "net/http.h"
#include "net/input_buffer.h"
#include "net/message_head.h"

namespace meridian::net {

struct ParserLimits {
    std::size_t header_bytes_max;
    std::size_t body_bytes_max;
};

// Reads one request after the other from the front of a buffer that grows between the calls.
class RequestParser {
  public:
    enum class Status : std::uint8_t { kNeedMore, kComplete, kRefused };

    explicit RequestParser(const ParserLimits& limits)
        : limits_(limits), decoder_(limits.body_bytes_max) {}

    // Looks at all of `input`, whose front is the request's first byte. kComplete: `request`'s
    // method, target, headers and body view into `input`, whose first request_bytes() it takes up;
    // consume them and call next(). kRefused: refusal() says why; nothing more can be read.
    [[nodiscard]] Status parse(InputBuffer& input, Request& request);
    void next();

    [[nodiscard]] std::size_t request_bytes() const { return head_bytes_ + body_bytes_; }
    [[nodiscard]] const Refusal& refusal() const { return refusal_; }
    [[nodiscard]] bool head_is_read() const { return head_bytes_ > 0; }
    // Of the last head read; of no meaning before it.
    [[nodiscard]] const RequestHead& head() const { return head_; }
    // True once a request: its body is missing, and its client waits for a 100 before sending it.
    [[nodiscard]] bool take_expectation();

  private:
    [[nodiscard]] Status parse_head(InputBuffer& input, Request& request);
    [[nodiscard]] Status parse_body(InputBuffer& input);
    [[nodiscard]] Status read_head(InputBuffer& input, Request& request);
    [[nodiscard]] Status refuse(int status, const char* message);

    ParserLimits limits_;
    std::size_t searched_bytes_ = 0;
    std::size_t head_bytes_ = 0;
    std::size_t body_bytes_ = 0;
    const char* head_place_ = nullptr;  // where the views of the request point
    RequestHead head_;
    ChunkDecoder decoder_;
    bool expectation_open_ = false;
    Refusal refusal_;
};

}  // namespace meridian::net
