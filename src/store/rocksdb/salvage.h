// Makes a damaged folder whole again, from what can be read of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/rocksdb/rocksdb_store.h"

namespace meridian::store {

struct Salvaged {
    std::size_t items = 0;                // that there are now
    std::size_t deletes = 0;              // that are remembered
    std::size_t changes = 0;              // of the log
    std::size_t from_log = 0;             // items and deletes that only the change log still had
    std::vector<std::string> holes = {};  // what could not be read, for people
    // Whether acknowledged writes may be missing: then the regions' cursors are forgotten, so that
    // their pages bring back what they have of it.
    bool incomplete = false;
    bool new_log = false;  // the change log has a hole, and peers must read everything anew
    std::filesystem::path kept = {};                // the damaged folder, under its new name
    std::vector<std::filesystem::path> older = {};  // kept before, beyond two: for people to delete
};

// Reads all that can be read of a folder that nobody has open into a new one, which takes its place
// in one step; the old one is kept as FOLDER.damaged-INSTANT. Before that step nothing of the old
// one has changed, so that a crash, or a disk without room for both, costs nothing: salvage again.
// What the change log says of rows that can't be read is put back. An item whose own bytes are
// damaged is taken over as it is: the store names it, and only it can't be read.
// kLocked, kConfiguration: open_rocksdb_store's; kDiskFull, kIo: nothing was changed;
// kInvalidInput: there is no such folder.
[[nodiscard]] Result<Salvaged> salvage(const RocksDbOptions& options, const Clock& clock);

// "12 items, 1 delete and 13 changes were read; …", with what is to be done about it.
[[nodiscard]] std::string to_string(const Salvaged& salvaged);

}  // namespace meridian::store
