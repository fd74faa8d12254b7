// Small files of settings and tokens, whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::aws {

inline constexpr std::size_t kTextFileBytesMax = std::size_t{1} << 20U;

// `kind`: what it should be, for messages: "credentials". Errors: kConfiguration, there is no such
// file, or it has over 1 MiB; kIo. They name the file.
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& file,
                                                 std::string_view kind);

}  // namespace meridian::aws
