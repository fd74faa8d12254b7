// Binaries as text: RFC 4648, section 4, with padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meridian::item {

void append_base64(std::string_view bytes, std::string& out);
// Nothing for what append_base64 would not have written, such as missing padding or stray bits.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace meridian::item
