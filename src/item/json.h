// Items as text: DynamoDB's typed JSON ({"phoneNumber":{"S":"+1800"}}) and plain JSON
// ({"phoneNumber":"+1800"}).
//
// Parsers take bytes from outside: any input gives a value or an error, in stack bounded by
// kNestingMax and memory in proportion to the text, which may have kJsonBytesMax. Objects keep the
// last of duplicate names, as JavaScript and Boost.JSON do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"

namespace meridian::item {

// For whole files of items; what comes from a network has a smaller limit there.
inline constexpr std::size_t kJsonBytesMax = std::size_t{64} * 1024 * 1024;

// kMalformedJson when it is no JSON (the message says at which byte), kInvalidInput when it is no
// item (the message names the attribute).
[[nodiscard]] Result<Item> parse_dynamodb_json(std::string_view text);
[[nodiscard]] std::string to_dynamodb_json(const Item& item);
void append_dynamodb_json(const Item& item, std::string& out);

// Plain JSON, as people and the management API write items. null, true, numbers, strings, arrays
// and objects become NULL, BOOL, N, S, L and M. Numbers keep their digits exactly (they are not
// read through a double). The outermost value counts as the item: what it holds may nest
// kNestingMax deep.
[[nodiscard]] Result<Value> parse_plain_json(std::string_view text);
// Sets become arrays, binaries base64 strings; numbers are written as JSON numbers. One value has
// one rendering.
[[nodiscard]] std::string to_plain_json(const Value& value);
void append_plain_json(const Value& value, std::string& out);

// Whether all of it is well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);

// `text` as a JSON string, with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string_view text, std::string& out);

}  // namespace meridian::item
