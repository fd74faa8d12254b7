// Opening the folder of a database, and looking whether it takes writes.
#pragma once

#include <rocksdb/env.h>

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "store/rocksdb/database.h"

namespace meridian::store {

enum class OpenFor : std::uint8_t { kWriting, kReading };

// For writing: makes what is missing. For reading: touches nothing, and needs no lock.
[[nodiscard]] Result<OpenDatabase> open_database(const std::filesystem::path& folder,
                                                 rocksdb::Env* env, OpenFor purpose);

// Writes the format into a new database; kNotSupported for a newer one's.
[[nodiscard]] Result<void> settle_format(const OpenDatabase& open,
                                         const std::filesystem::path& folder);

// Writes some megabytes into the folder and takes them away again.
[[nodiscard]] Result<void> probe_room(const std::filesystem::path& folder, rocksdb::Env* env);

// A number of the catalog; 0 when it is not there.
[[nodiscard]] Result<std::uint64_t> read_catalog_number(const OpenDatabase& open,
                                                        const std::filesystem::path& folder,
                                                        const rocksdb::ReadOptions& options,
                                                        std::string_view key);

struct LogEnds {
    SequenceNumber trimmed = 0;
    SequenceNumber newest = 0;
};
[[nodiscard]] Result<LogEnds> read_log_ends(const OpenDatabase& open,
                                            const std::filesystem::path& folder,
                                            const rocksdb::ReadOptions& options);

}  // namespace meridian::store
