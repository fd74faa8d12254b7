// The bytes of messages. Each is one frame (frame.h), whose payload is the message's members in
// their order. A message has exactly one encoding.
//
//   count, number    base-128 varint, low bits first, in its shortest form
//   time, hash, log  8 bytes, big-endian
//   text, list       count, then the bytes or the elements
//   optional         0, or 1 and the value
//   name             of a table or a region: its place among the names that came before it in the
//                    message, or their number and the name as a text
//   stamp            name of the region, time
//   item             name of the table, version, then 1 and item::encode, or 0 and the key's
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

// kInvalidInput for bytes that no region sends: cut short, too long, with a wrong checksum, or with
// regions, keys and versions that cannot be. kNotSupported: of another version; the message names
// both. The memory is bounded by the bytes that are there, whatever they say.
[[nodiscard]] Result<Question> decode_question(std::string_view bytes);
[[nodiscard]] Result<Answer> decode_answer(std::string_view bytes);

}  // namespace meridian::replication
