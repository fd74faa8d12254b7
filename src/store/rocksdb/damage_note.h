// FOLDER/DAMAGED: says that RocksDB could not read something of the folder, so that the next
// opening asks for a salvage, whatever it would read itself.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::store {

// The first note stays. Not an error: it cannot be written; then whoever reads there again notes
// it.
void note_damage(const std::filesystem::path& folder, std::string_view what);
[[nodiscard]] std::optional<std::string> noted_damage(const std::filesystem::path& folder);

}  // namespace meridian::store
