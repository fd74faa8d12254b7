#include "dynamo/shard_iterator.h"

#include <cstddef>
#include <cstdint>

#include "item/base64.h"

namespace meridian::dynamo {
namespace {

constexpr std::string_view kBetween = "|1|";
constexpr char kVersion = 1;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kPayloadBytes = 1 + 3 * kNumberBytes + kChecksumBytes;

void append_number(std::uint64_t number, std::size_t bytes, std::string& out) {
    for (std::size_t i = bytes; i-- > 0;) {
        out += static_cast<char>(number >> (8 * i) & 0xff);
    }
}

std::uint64_t read_number(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) {
        number = number << 8 | static_cast<unsigned char>(byte);
    }
    return number;
}

// FNV-1a.
std::uint32_t checksum_of(std::string_view arn, std::string_view payload) {
    std::uint32_t hash = 2'166'136'261;
    for (const auto part : {arn, payload}) {
        for (const char byte : part) {
            hash = (hash ^ static_cast<unsigned char>(byte)) * 16'777'619;
        }
    }
    return hash;
}

}  // namespace

std::string to_text(const ShardIterator& iterator) {
    auto text = stream_arn(iterator.stream);
    std::string payload(1, kVersion);
    append_number(static_cast<std::uint64_t>(iterator.log), kNumberBytes, payload);
    append_number(iterator.after, kNumberBytes, payload);
    append_number(static_cast<std::uint64_t>(iterator.issued.time_since_epoch().count()),
                  kNumberBytes, payload);
    append_number(checksum_of(text, payload), kChecksumBytes, payload);
    text += kBetween;
    item::append_base64(payload, text);
    return text;
}

std::optional<ShardIterator> parse_shard_iterator(std::string_view text) {
    const auto between = text.rfind(kBetween);
    if (text.size() > kIteratorBytesMax || between == std::string_view::npos) {
        return std::nullopt;
    }
    const auto arn = text.substr(0, between);
    auto stream = parse_stream_arn(arn);
    const auto decoded = item::decode_base64(text.substr(between + kBetween.size()));
    if (!stream || !decoded || decoded->size() != kPayloadBytes || decoded->front() != kVersion) {
        return std::nullopt;
    }
    const std::string_view payload = *decoded;
    const auto checked = payload.substr(0, kPayloadBytes - kChecksumBytes);
    // The account is not kept, so only our own makes the ARN that was summed.
    if (read_number(payload.substr(checked.size())) != checksum_of(arn, checked) ||
        stream_arn(*stream) != arn) {
        return std::nullopt;
    }
    const auto number = [&](std::size_t index) {
        return read_number(payload.substr(1 + index * kNumberBytes, kNumberBytes));
    };
    return ShardIterator{*std::move(stream), store::LogId{number(0)}, number(1),
                         Instant(std::chrono::milliseconds(static_cast<std::int64_t>(number(2))))};
}

}  // namespace meridian::dynamo
