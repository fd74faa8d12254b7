// The environment that AWS's tools read their settings from, passed in so that a test can have its
// own.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace meridian::aws {

// A variable's value; nothing where it is not set, or empty, which AWS's tools take for the same.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// The process's own. Threads: any, as long as nobody changes it.
[[nodiscard]] Environment process_environment();

}  // namespace meridian::aws
