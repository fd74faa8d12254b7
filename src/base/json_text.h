// Text as JSON writes it.
#pragma once

#include <string>
#include <string_view>

namespace meridian {

// Whether all of it is well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8_text(std::string_view text);

// `text` as a JSON string, with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string_view text, std::string& out);

}  // namespace meridian
