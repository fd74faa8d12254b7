// Text forms inside a signature: hexadecimal and percent-encoding (RFC 3986).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/hash.h"

namespace meridian::aws {

// Lower-case hexadecimal, the only form that signatures and payload hashes have.
[[nodiscard]] std::string hex(const Digest& digest);
void append_hex(std::string& out, const Digest& digest);

enum class Slash : std::uint8_t { kKept, kEncoded };

// Everything but A-Z a-z 0-9 - . _ ~ becomes %XX, in upper case.
void append_uri_encoded(std::string& out, std::string_view text, Slash slash);

// %XX in either case becomes its byte. Not an error: a '%' without two hexadecimal digits stays
// what it is. '+' is a plus sign, as in RFC 3986; it is not HTML's space.
void append_uri_decoded(std::string& out, std::string_view text);

// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

[[nodiscard]] char to_lower(char c);
[[nodiscard]] bool is_lower_hex(std::string_view text);

// The value of one hexadecimal digit in either case, or -1.
[[nodiscard]] int hex_value(char c);

}  // namespace meridian::aws
