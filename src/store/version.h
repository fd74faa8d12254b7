// Versions: which write made an item what it is, and which writes of other regions that one
// includes. From two versions of an item anybody can tell which one replaces the other, or that
// they were written without knowledge of each other (docs/adr/0004).
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/hybrid_clock.h"
#include "base/result.h"
#include "store/image.h"

namespace meridian::store {

// A write: when it was made and in which region. The greater one wins. A region gives each of the
// writes of one item a stamp of its own.
struct Stamp {
    HybridTime time;
    std::string region;  // compared by bytes
    friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// No region has this name: in Version::seen it stands for "every region, up to there".
inline constexpr std::string_view kEveryRegion = "*";
// Nor this: what was stored before there were versions has the stamp of its content
// (unversioned_stamp).
inline constexpr std::string_view kNoRegion;

// Of a store that has no peers.
inline constexpr std::string_view kDefaultRegion = "local";

inline constexpr std::size_t kRegionsMax = 26;
inline constexpr std::size_t kRegionNameBytesMax = 64;

struct Version {
    Stamp stamp;
    // The newest write of each other region that is included, and with it all older ones of that
    // region. By region, each once, all below `stamp`.
    std::vector<Stamp> seen;

    // False for the version of what never was.
    explicit operator bool() const { return stamp.time != HybridTime{}; }
    friend bool operator==(const Version&, const Version&) = default;
};

// An item at one of its versions. Without an image it was deleted; without either it never was.
struct VersionedImage {
    Image image;
    Version version;
    friend bool operator==(const VersionedImage&, const VersionedImage&) = default;
};

// Whether who has the version has seen the write.
[[nodiscard]] bool includes(const Version& version, const Stamp& stamp);

// The version of a write onto `seen`. REQUIRES: the stamp is above all in it.
[[nodiscard]] Version succeed(Version seen, Stamp stamp);

// The version of what includes both: the greater stamp, and all that either has seen.
[[nodiscard]] Version join(const Version& a, const Version& b);

// The stamp of an item of a former Meridian, which stored no versions: of no region, older than any
// write since, and the same in all regions that have the same item. `encoded` is item::encode's.
[[nodiscard]] Stamp unversioned_stamp(std::string_view encoded);

// kInvalidInput for what no region could have made. Whatever passes here can be merged in any
// order.
[[nodiscard]] Result<void> check_version(const Version& version);
// 1 to 64 letters, digits, '-', '_', '.'.
[[nodiscard]] Result<void> check_region(std::string_view name);

}  // namespace meridian::store
