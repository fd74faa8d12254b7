// Request bodies: what they may be, and their values.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "item/value.h"
#include "rest/management_api.h"

namespace meridian::rest {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kMergePatch = "application/merge-patch+json";
inline constexpr std::string_view kLines = "application/x-ndjson";

// One item as JSON: every byte of it may be written as six (\u0041).
inline constexpr std::size_t kItemJsonBytesMax = 6 * item::kItemBytesMax;
inline constexpr std::size_t kImportBytesMax = std::size_t{6} * 1024 * 1024;
inline constexpr std::size_t kImportItemsMax = 10'000;

// kUnsupportedMediaType: the body is of another media type, or encoded. A request that doesn't say
// is believed to send the right thing; aws-chunked is taken off with the signature.
[[nodiscard]] Result<void> check_media_type(const Request& request,
                                            std::span<const std::string_view> known);

// The body as one JSON value. kMalformedJson, kInvalidInput (too deep), kTooLarge.
[[nodiscard]] Result<item::Value> parse_body(std::string_view body);

// Calls `visit` with the text of each element of a JSON array, or, where the body does not begin as
// an array, with each line that isn't blank. A text may be anything but empty: only what separates
// them was looked at. kMalformedJson: the array has no proper end, or an element is missing; what
// was visited before stands. `visit` says whether to go on.
[[nodiscard]] Result<void> for_each_text(std::string_view body,
                                         const std::function<bool(std::string_view)>& visit);

}  // namespace meridian::rest
