// RocksDB's list of its families and table files: the file MANIFEST-N that CURRENT names.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace meridian::store {

// kCorruption: a record isn't as it was written. With a wrong length, RocksDB takes the list for
// one that a loss of power cut short, forgets what stands behind, and deletes the files that only
// that names. Not an error: a list that was cut short; there is none yet; or CURRENT is unreadable,
// which RocksDB sees by itself.
[[nodiscard]] Result<void> check_manifest(const std::filesystem::path& folder);

}  // namespace meridian::store
