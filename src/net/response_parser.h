// Bytes become a response, without a socket in sight.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "net/chunk_decoder.h"
#include "net/http.h"
#include "net/input_buffer.h"
#include "net/message_head.h"

namespace meridian::net {

// What the request says about its response.
struct ResponseLimits {
    bool is_to_head = false;  // answers a HEAD: no body, whatever its header says
    std::size_t body_bytes_max = 0;
};

// Reads one response, after any number of interim ones (1xx), from the front of a buffer that grows
// between the calls. kUnavailable: the peer speaks no proper HTTP or hung up half-way; kTooLarge.
class ResponseParser {
  public:
    explicit ResponseParser(const ResponseLimits& limits)
        : limits_(limits), decoder_(limits.body_bytes_max) {}

    // Looks at all of `input`. True: the response is whole, and taken from the front of `input`.
    [[nodiscard]] Result<bool> parse(InputBuffer& input);
    // The peer has closed behind `input`, all of which parse() has seen.
    [[nodiscard]] Result<void> end(InputBuffer& input);

    // REQUIRES for both: the response is whole.
    [[nodiscard]] Response& response() { return response_; }
    [[nodiscard]] bool keep_alive() const { return head_.keep_alive; }

  private:
    [[nodiscard]] Result<bool> parse_head(InputBuffer& input);
    [[nodiscard]] Result<bool> parse_body(InputBuffer& input);
    [[nodiscard]] Result<bool> parse_chunks(InputBuffer& input);
    void take_body(InputBuffer& input, std::size_t bytes);
    [[nodiscard]] bool has_body() const;
    [[nodiscard]] bool is_delimited_by_end() const;
    [[nodiscard]] std::unexpected<Error> too_large() const;

    ResponseLimits limits_;
    ChunkDecoder decoder_;
    std::vector<Header> headers_;
    std::size_t searched_bytes_ = 0;
    bool head_is_read_ = false;
    ResponseHead head_;
    Response response_;
};

}  // namespace meridian::net
