#include "net/chunk_decoder.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "net/grammar.h"

namespace meridian::net {
namespace {

constexpr std::size_t kSizeDigitsMax = 16;
constexpr std::size_t kSizeLineBytesMax = 256;
constexpr std::size_t kTrailerLineBytesMax = 1024;
constexpr std::size_t kTrailersMax = 64;
constexpr std::string_view kLineEnd = "\r\n";

struct Line {
    enum class Status : std::uint8_t { kWhole, kNeedMore, kMalformed } status;
    std::string_view text;  // without its CRLF
};

// The line at the front of `rest`. A control character in it is refused as soon as it is seen.
Line take_line(std::string_view rest, std::size_t bytes_max) {
    const std::string_view part = rest.substr(0, bytes_max);
    const std::size_t end = std::min(part.find('\r'), part.size());
    const std::string_view text = part.substr(0, end);
    if (!is_field_value(text) || (end + 1 < part.size() && part[end + 1] != '\n')) {
        return {Line::Status::kMalformed, {}};
    }
    if (end + 1 < part.size()) {
        return {Line::Status::kWhole, text};
    }
    return {part.size() < bytes_max ? Line::Status::kNeedMore : Line::Status::kMalformed, {}};
}

// "1a", "1a;name=value": extensions mean nothing to us (RFC 9112, 7.1.1).
std::optional<std::uint64_t> parse_chunk_size(std::string_view line) {
    std::uint64_t size = 0;
    const char* const first_digit = line.data();
    const char* const last = first_digit + line.size();
    const auto [end, code] = std::from_chars(first_digit, last, size, 16);
    const auto digits = static_cast<std::size_t>(end - first_digit);
    if (code != std::errc{} || digits == 0 || digits > kSizeDigitsMax) {
        return std::nullopt;
    }
    const std::string_view extension = line.substr(digits);
    const std::size_t first = extension.find_first_not_of(" \t");
    if (!extension.empty() && (first == std::string_view::npos || extension[first] != ';')) {
        return std::nullopt;
    }
    return size;
}

}  // namespace

ChunkDecoder::Status ChunkDecoder::decode(InputBuffer& input, std::size_t body_start) {
    const std::size_t gap = body_start + body_bytes_;
    std::size_t read = gap;
    Status status = Status::kNeedMore;
    while (status == Status::kNeedMore) {
        std::size_t used = 0;
        status = step(input.bytes().substr(read), input.data() + body_start + body_bytes_, used);
        if (used == 0) {
            break;
        }
        read += used;
    }
    const std::size_t decoded_end = body_start + body_bytes_;
    input.erase(decoded_end, read - decoded_end);
    return status;
}

ChunkDecoder::Status ChunkDecoder::step(std::string_view rest, char* write, std::size_t& used) {
    switch (state_) {
        case State::kSize:
            return take_size(rest, used);
        case State::kData: {
            used =
                static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_bytes_, rest.size()));
            std::memmove(write, rest.data(), used);
            body_bytes_ += used;
            chunk_left_bytes_ -= used;
            if (chunk_left_bytes_ == 0) {
                state_ = State::kDataEnd;
            }
            return Status::kNeedMore;
        }
        case State::kDataEnd:
            return take_data_end(rest, used);
        case State::kTrailer:
            return take_trailer(rest, used);
    }
    return Status::kMalformed;
}

ChunkDecoder::Status ChunkDecoder::take_size(std::string_view rest, std::size_t& used) {
    const Line line = take_line(rest, kSizeLineBytesMax);
    if (line.status != Line::Status::kWhole) {
        return line.status == Line::Status::kNeedMore ? Status::kNeedMore : Status::kMalformed;
    }
    const auto size = parse_chunk_size(line.text);
    if (!size) {
        return Status::kMalformed;
    }
    if (*size > body_bytes_max_ - body_bytes_) {
        return Status::kTooLarge;
    }
    used = line.text.size() + kLineEnd.size();
    chunk_left_bytes_ = *size;
    state_ = *size == 0 ? State::kTrailer : State::kData;
    return Status::kNeedMore;
}

ChunkDecoder::Status ChunkDecoder::take_data_end(std::string_view rest, std::size_t& used) {
    const std::string_view seen = rest.substr(0, kLineEnd.size());
    if (!kLineEnd.starts_with(seen)) {
        return Status::kMalformed;
    }
    if (seen.size() == kLineEnd.size()) {
        used = kLineEnd.size();
        state_ = State::kSize;
    }
    return Status::kNeedMore;
}

ChunkDecoder::Status ChunkDecoder::take_trailer(std::string_view rest, std::size_t& used) {
    const Line line = take_line(rest, kTrailerLineBytesMax);
    if (line.status != Line::Status::kWhole) {
        return line.status == Line::Status::kNeedMore ? Status::kNeedMore : Status::kMalformed;
    }
    used = line.text.size() + kLineEnd.size();
    if (line.text.empty()) {
        return Status::kComplete;
    }
    const std::size_t colon = line.text.find(':');
    if (colon == std::string_view::npos || !is_token(line.text.substr(0, colon)) ||
        ++trailers_ > kTrailersMax) {
        return Status::kMalformed;
    }
    return Status::kNeedMore;
}

}  // namespace meridian::net
