// A durable store on RocksDB: one process, one folder.
//
// One writer thread takes what was submitted, evaluates conditions, and writes items and their
// changes as one batch with one fsync (group commit); only then are the writers told. Reads never
// wait for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::store {

struct RocksDbOptions {
    std::filesystem::path folder;  // created when missing
    std::string region = std::string(kDefaultRegion);
    std::size_t queue_writes_max = 65'536;
    std::uint64_t log_changes_kept = 10'000'000;  // older changes are trimmed in the background
    // While it says so, the disk is as a full one is: for drills. Empty: never. From any thread.
    std::function<bool()> disk_is_full = nullptr;
};

// `clock` must outlive the store. kLocked: another process has the folder open (the message says
// how to see which); kCorruption: what is damaged, and that a backup or a peer can mend it;
// kConfiguration: the folder is of another region; kInvalidInput: no region can have that name;
// kDiskFull, kIo: the folder and the cause.
//
// After kDiskFull the store refuses writes and serves reads; once there is room again the next
// write succeeds.
[[nodiscard]] Result<std::unique_ptr<ReplicaStore>> open_rocksdb_store(
    const RocksDbOptions& options, const Clock& clock);

}  // namespace meridian::store
