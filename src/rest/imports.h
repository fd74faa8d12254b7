// Many items in one request.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

[[nodiscard]] Answer import_entities(const Call& call);

}  // namespace meridian::rest
