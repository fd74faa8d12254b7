// What becomes of an item when a version of it arrives from another region.
#pragma once

#include <cstdint>

#include "store/version.h"

namespace meridian::store {

enum class Arrival : std::uint8_t {
    kKnown,  // it is included in what is stored already; what it has seen may not be
    kWins,   // it stands from now on
    kLoses,  // what is stored stands
};

struct Merged {
    Arrival arrival = Arrival::kKnown;
    Version version;        // of what stands; includes both
    bool conflict = false;  // neither had seen the other, and they differ
};

// The image of the greatest stamp stands, so that every region ends with the same one in whatever
// order, and however often, versions arrive: the merge is commutative, associative and idempotent.
// Who has seen whom decides only whether the other one was replaced or lost. Equal images lose
// nothing. REQUIRES: versions that check_version() lets pass, or none stored.
[[nodiscard]] Merged merge(const VersionedImage& stored, const VersionedImage& arriving);

}  // namespace meridian::store
