// The small JSON documents of AWS: errors, and credentials.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::aws {

// By the name of the member: those of the outermost object that are strings or whole numbers, as
// text. Others are left out.
using JsonFields = std::map<std::string, std::string, std::less<>>;

// Nothing: the text is no JSON object, nests deeper than 32, or has over 1 MiB.
[[nodiscard]] std::optional<JsonFields> read_json_fields(std::string_view text);

// Empty: there is no such member.
[[nodiscard]] std::string_view field(const JsonFields& fields, std::string_view name);

}  // namespace meridian::aws
