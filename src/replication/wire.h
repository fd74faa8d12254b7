// The bytes of messages. Each is one frame (frame.h): length, version, kind, payload, checksum.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "replication/message.h"

namespace meridian::replication {

// A frame's payload may have so many bytes; pages and parts of a log end well before.
inline constexpr std::size_t kMessageBytesMax = std::size_t{16} * 1024 * 1024;

[[nodiscard]] std::string encode(const Question& question);
[[nodiscard]] std::string encode(const Answer& answer);

// kInvalidInput for bytes that no region sends: cut short, too long, with a wrong checksum, of
// another version (the message names both), or with items and versions that cannot be. Never
// reserves more than a small multiple of the bytes that are there.
[[nodiscard]] Result<Question> decode_question(std::string_view bytes);
[[nodiscard]] Result<Answer> decode_answer(std::string_view bytes);

}  // namespace meridian::replication
