// The regions of AWS.
//
// Source: AWS account management reference, "AWS Regions", and the partitions of the SDKs.
#pragma once

#include <span>
#include <string_view>

namespace meridian::management {

// Sorted.
[[nodiscard]] std::span<const std::string_view> aws_regions();
[[nodiscard]] bool is_aws_region(std::string_view name);

}  // namespace meridian::management
