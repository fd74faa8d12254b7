// What all writes have in common: options and preconditions in, the outcome out.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "management/editor.h"
#include "rest/call.h"

namespace meridian::rest {

// All but what is expected: dryRun, strict, X-Change-Reason, the door.
[[nodiscard]] Result<management::EditOptions> edit_options_of(const Call& call);

// Makes an edit of one entity as the request's headers want it, and answers what became of it.
// `edit` is called once for each version that If-Match names, until one is the stored one.
using Edit =
    std::function<management::EditResult<management::Edited>(const management::EditOptions&)>;
[[nodiscard]] Answer answer_edit(const Call& call, management::Kind kind, const Edit& edit);

}  // namespace meridian::rest
