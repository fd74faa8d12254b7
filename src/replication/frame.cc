#include "replication/frame.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <utility>

#include "base/check.h"
#include "replication/message.h"
#include "replication/wire.h"

namespace meridian::replication {
namespace {

constexpr std::string_view kMagic = "MRDN";
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kKindAt = 5;
constexpr std::size_t kLengthAt = 6;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kChecksumAt = 10;
constexpr std::size_t kChecksumBytes = 8;

void put_big_endian(std::uint64_t number, std::size_t bytes, char* to) {
    for (std::size_t i = bytes; i > 0; --i, number >>= 8) {
        to[i - 1] = static_cast<char>(number);
    }
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) {
        number = (number << 8) | static_cast<unsigned char>(byte);
    }
    return number;
}

std::uint64_t checksum_of(std::string_view frame) {
    const auto payload = frame.substr(kFrameHeaderBytes);
    const auto seed = XXH3_64bits(frame.data(), kChecksumAt);
    return XXH3_64bits_withSeed(payload.data(), payload.size(), seed);
}

std::unexpected<Error> not_a_frame(std::string_view why) {
    return fail(ErrorCode::kInvalidInput, fmt::format("Not a replication message: {}", why));
}

}  // namespace

std::string start_frame(std::uint8_t kind) {
    std::string frame(kMagic);
    frame.push_back(static_cast<char>(kProtocolVersion));
    frame.push_back(static_cast<char>(kind));
    frame.append(kFrameHeaderBytes - frame.size(), '\0');
    return frame;
}

std::string close_frame(std::string frame) {
    const auto length = frame.size() - kFrameHeaderBytes;
    CHECK(length <= kMessageBytesMax);
    put_big_endian(length, kLengthBytes, frame.data() + kLengthAt);
    put_big_endian(checksum_of(frame), kChecksumBytes, frame.data() + kChecksumAt);
    return frame;
}

Result<Frame> open_frame(std::string_view bytes) {
    if (!bytes.starts_with(kMagic) || bytes.size() <= kVersionAt) {
        return not_a_frame("it starts with other bytes");
    }
    if (const auto version = static_cast<std::uint8_t>(bytes[kVersionAt]);
        version != kProtocolVersion) {
        return fail(ErrorCode::kNotSupported,
                    fmt::format("A replication message of version {}; this Meridian speaks {}: run "
                                "the same Meridian in all regions",
                                version, kProtocolVersion));
    }
    if (bytes.size() < kFrameHeaderBytes) {
        return not_a_frame("it was cut short");
    }
    const auto length = big_endian(bytes.substr(kLengthAt, kLengthBytes));
    if (length > kMessageBytesMax) {
        return not_a_frame("it is too long");
    }
    if (length != bytes.size() - kFrameHeaderBytes) {
        return not_a_frame("it was cut short, or has bytes behind its end");
    }
    if (big_endian(bytes.substr(kChecksumAt, kChecksumBytes)) != checksum_of(bytes)) {
        return not_a_frame("its bytes were changed on the way");
    }
    return Frame{static_cast<std::uint8_t>(bytes[kKindAt]), bytes.substr(kFrameHeaderBytes)};
}

}  // namespace meridian::replication
