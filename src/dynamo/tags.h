// Tags: keys with values that clients put on tables.
#pragma once

#include <boost/json/array.hpp>
#include <map>
#include <string>

#include "dynamo/failure.h"

namespace meridian::dynamo {

using Tags = std::map<std::string, std::string>;

inline constexpr std::size_t kTagsMax = 50;

// Tags as a request names them. ValidationException for the first one that may not be.
[[nodiscard]] Outcome<Tags> tags_in(const boost::json::array& tags);
[[nodiscard]] Outcome<void> check_tag_key(std::string_view key);
// ValidationException: more than a table may have.
[[nodiscard]] Outcome<void> check_tag_count(std::size_t count);

}  // namespace meridian::dynamo
