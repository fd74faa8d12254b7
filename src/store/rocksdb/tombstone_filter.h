// Which rows surely have no tombstone, so that a put of a new item need not look for one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/rocksdb/database.h"

namespace meridian::store {

// Knows all tombstones that were ever there since it was read; those of others are mistaken for
// them the more often the more there were. Threads: one at a time.
class TombstoneFilter {
  public:
    TombstoneFilter() : bits_(kBits / 64) {}
    [[nodiscard]] static Result<TombstoneFilter> read(const Database& database);

    void add(std::string_view row);
    [[nodiscard]] bool may_have(std::string_view row) const;

  private:
    static constexpr std::size_t kBits = std::size_t{1} << 20;  // 128 KB

    std::vector<std::uint64_t> bits_;
};

}  // namespace meridian::store
