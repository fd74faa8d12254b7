// Whether this region has the same as others: hashes to compare, and mending.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

// Hashes of the whole, with how far this region is; ?brief: without those of the tables,
// which cost a scan.
[[nodiscard]] Answer get_proof(const Call& call);
[[nodiscard]] Answer get_range_hashes(const Call& call);
[[nodiscard]] Answer get_item_hashes(const Call& call);
// Compares with the other regions now, and mends.
[[nodiscard]] Answer repair(const Call& call);

}  // namespace meridian::rest
