// RocksDB's list of its families and table files: the file MANIFEST-N that CURRENT names.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace meridian::store {

// kCorruption: the list doesn't end where its last record says. RocksDB takes it for a list that a
// loss of power cut short, forgets what stands behind, and deletes the files that only that names.
// Not an error: there is no list yet, or CURRENT is unreadable, which RocksDB sees by itself.
[[nodiscard]] Result<void> check_manifest(const std::filesystem::path& folder);

}  // namespace meridian::store
