// JSON Merge Patch (RFC 7396).
#pragma once

#include "item/value.h"

namespace meridian::management {

// What the patch makes of the target: maps are merged, nulls take fields out, anything else takes
// the place of what is there.
[[nodiscard]] item::Value merge_patched(item::Value target, const item::Value& patch);

}  // namespace meridian::management
