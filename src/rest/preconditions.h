// What a client says of the version that it has seen: entity tags (RFC 9110, section 13.1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "management/editor.h"
#include "rest/management_api.h"

namespace meridian::rest {

// "\"3\"": an item's version as its entity tag.
[[nodiscard]] std::string entity_tag(std::int64_t version);

// No item has it: what If-Match stands for when none of its tags is a version's (weak ones aren't).
inline constexpr std::int64_t kVersionOfNothing = -1;

// What If-Match and If-None-Match of a write say is stored: one of these. Never empty.
// kInvalidInput says the form.
[[nodiscard]] Result<std::vector<management::Expected>> expected_of_write(const Request& request);

// Whether If-None-Match of a read names the version that is stored.
[[nodiscard]] Result<bool> is_not_modified(const Request& request, std::int64_t version);

}  // namespace meridian::rest
