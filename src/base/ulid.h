// ULIDs: 26 characters that sort by time (github.com/ulid/spec): 48 bits of milliseconds, 80 bits
// of entropy, in Crockford's base 32.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/instant.h"

namespace meridian {

// Times before 1970 count as 1970. The caller says what the 80 bits are: random, or derived from
// what the id names.
[[nodiscard]] std::string make_ulid(Instant at, const std::array<std::uint8_t, 10>& entropy);

}  // namespace meridian
