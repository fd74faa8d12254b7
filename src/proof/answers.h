// What a region says of its tables as JSON: what GET /proof… answers, and what whoever asks reads.
//
// Readers take bytes from outside: kInvalidInput names what cannot be, in memory in proportion to
// the answer. Hashes have 32 hexadecimal digits, rows and prefixes any even number of them; a stamp
// is {"region","time","count"}, the time RFC 3339 and the count that within its millisecond.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "proof/hash_source.h"

namespace meridian::proof {

// The longest prefix that a row can have: more is a mistake.
inline constexpr std::size_t kPrefixBytesMax = std::size_t{16} * 1024;

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] Result<std::string> from_hex(std::string_view text);

[[nodiscard]] item::Value to_value(std::uint64_t number);
[[nodiscard]] item::Value to_value(const store::Stamp& stamp);

// {"name","items","hash"} each, and "dropped" of those that were.
[[nodiscard]] item::List to_list(const std::vector<TableState>& tables);
// {"prefix","items","hash"} each.
[[nodiscard]] item::List to_list(const std::vector<store::RangeHash>& ranges);
// {"row","key","stamp","hash","damaged"} each.
[[nodiscard]] item::List to_list(const std::vector<ItemState>& items);
// {"logId","sequence","applied":[{"origin","logId","sequence"}]}.
[[nodiscard]] item::Map to_map(const Progress& progress);

// Of answers with "tables", "ranges", "items" and, if there are more, "next".
[[nodiscard]] Result<std::vector<TableState>> read_tables(const item::Map& answer);
[[nodiscard]] Result<std::vector<store::RangeHash>> read_ranges(const item::Map& answer);
[[nodiscard]] Result<ItemStatePage> read_items(const item::Map& answer);
[[nodiscard]] Result<Progress> read_progress(const item::Map& answer);

}  // namespace meridian::proof
