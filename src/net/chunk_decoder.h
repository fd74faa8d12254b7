// The chunked transfer coding (RFC 9112, 7.1), decoded in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "net/input_buffer.h"

namespace meridian::net {

// Strict: CRLF only, sizes of at most 16 hexadecimal digits, extensions and trailers without
// control characters (both are dropped). Limits: a chunk line of 256 bytes, 64 trailers of 1 KB.
class ChunkDecoder {
  public:
    enum class Status : std::uint8_t { kNeedMore, kComplete, kMalformed, kTooLarge };

    explicit ChunkDecoder(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

    // Decodes what has come behind `body_start`: afterwards the decoded bytes stand there together,
    // the encoding between them is gone, and what follows has moved up.
    [[nodiscard]] Status decode(InputBuffer& input, std::size_t body_start);

    [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }

  private:
    enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailer };

    [[nodiscard]] Status step(std::string_view rest, char* write, std::size_t& used);
    [[nodiscard]] Status take_size(std::string_view rest, std::size_t& used);
    [[nodiscard]] Status take_data_end(std::string_view rest, std::size_t& used);
    [[nodiscard]] Status take_trailer(std::string_view rest, std::size_t& used);

    std::size_t body_bytes_max_;
    std::size_t body_bytes_ = 0;
    std::uint64_t chunk_left_bytes_ = 0;
    std::size_t trailers_ = 0;
    State state_ = State::kSize;
};

}  // namespace meridian::net
