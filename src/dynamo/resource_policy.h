// A table's resource-based policy: kept and shown. Who may do what is told by Meridian's own
// credentials file; no policy changes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dynamo/failure.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {

struct ResourcePolicy {
    std::string policy;
    std::string revision;  // another one for each change
};

[[nodiscard]] std::optional<ResourcePolicy> policy_of(const TableDescription& table);
// The policy's new revision. ValidationException: it is none.
[[nodiscard]] Outcome<std::string> set_policy(std::string_view policy, Instant now,
                                              TableDescription& table);
void remove_policy(TableDescription& table);

}  // namespace meridian::dynamo
