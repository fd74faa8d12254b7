// The regions that a store has met, each by a number of one byte that stands for its name where
// versions are stored.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/replica_store.h"
#include "store/version.h"

namespace meridian::store {

// A store meets itself first.
inline constexpr std::uint8_t kOwnRegionId = 2;

// Numbers are never reused; kNoRegion and kEveryRegion have theirs from the start. Threads: add()
// from one at a time, everything else from any.
class RegionDirectory {
  public:
    RegionDirectory();

    [[nodiscard]] std::optional<std::uint8_t> find(std::string_view name) const;
    // Null when no region has the number.
    [[nodiscard]] const std::string* name(std::uint8_t id) const;
    [[nodiscard]] std::uint8_t next_id() const { return static_cast<std::uint8_t>(count_.load()); }
    // REQUIRES: it is not known yet, and there is room.
    void add(std::string name);

    // Those of a batch that it does not know yet. kNotSupported: they would be too many.
    [[nodiscard]] Result<std::vector<std::string>> unknown_in(const RemoteBatch& batch) const;

  private:
    static constexpr std::size_t kNamesMax = kRegionsMax + 2;

    std::array<std::string, kNamesMax> names_;  // those below count_ don't change any more
    std::atomic<std::size_t> count_;
};

}  // namespace meridian::store
