// The gzip coding of contents (RFC 1952), and who wants it (RFC 9110, 12.5.3).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::net {

[[nodiscard]] std::string gzip(std::string_view bytes);

// kInvalidInput: not gzip, damaged or cut short; kTooLarge: more than `bytes_max` come out, of
// which no more than that are ever held.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

// Whether a client with this Accept-Encoding takes gzip, and not rather nothing at all: a header
// that is missing, or that says neither gzip nor "*", wants the content as it is.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

}  // namespace meridian::net
