// Operations on one rule, one set of business hours, one agent.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

[[nodiscard]] Answer get_entity(const Call& call);
[[nodiscard]] Answer put_entity(const Call& call);
// The body names the entity.
[[nodiscard]] Answer post_entity(const Call& call);
[[nodiscard]] Answer patch_entity(const Call& call);
[[nodiscard]] Answer delete_entity(const Call& call);

}  // namespace meridian::rest
