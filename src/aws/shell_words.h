// A command line as words, without a shell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::aws {

// Blanks part words; '…' keeps all, "…" all but \" and \\, and elsewhere a backslash keeps the
// character behind it. Nothing is expanded: $, `, *, ;, | and > are what they are (as Python's
// shlex.split). Nothing: a quote or a backslash isn't finished.
[[nodiscard]] std::optional<std::vector<std::string>> split_words(std::string_view text);

}  // namespace meridian::aws
