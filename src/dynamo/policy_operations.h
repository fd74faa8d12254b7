// What is only kept and shown: PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy,
// UpdateContributorInsights, DescribeContributorInsights, ListContributorInsights.
#pragma once

#include <span>

#include "dynamo/operation.h"

namespace meridian::dynamo {

[[nodiscard]] std::span<const Operation> policy_operations();

}  // namespace meridian::dynamo
