// The history of an entity, and the way back.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

[[nodiscard]] Answer list_changes(const Call& call);
// The last argument is the change's id.
[[nodiscard]] Answer get_change(const Call& call);
[[nodiscard]] Answer restore_change(const Call& call);

}  // namespace meridian::rest
