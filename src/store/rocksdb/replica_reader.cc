#include "store/rocksdb/replica_reader.h"

#include <memory>
#include <utility>

#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"

namespace meridian::store {
namespace {

constexpr std::size_t kTombstonesAtOnce = 4096;

}  // namespace

Result<ConflictPage> ReplicaReader::conflicts(std::string_view position, std::size_t count) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const std::unique_ptr<rocksdb::Iterator> entry(
        (*open)->db->NewIterator(rocksdb::ReadOptions(), (*open)->conflicts.get()));
    ConflictPage page;
    std::size_t bytes = 0;
    for (entry->Seek(position); entry->Valid(); entry->Next()) {
        if (page.conflicts.size() == count || bytes >= kPageBytesMax) {
            page.next = entry->key().ToString();
            break;
        }
        auto conflict =
            unseal_conflict(catalog_.tables(), catalog_.regions(), entry->value().ToStringView());
        if (!conflict) {
            continue;  // damaged: what was lost can't be told any more
        }
        if (catalog_.tables().is_dropped(conflict->table)) {
            continue;
        }
        bytes += entry->value().size();
        page.conflicts.push_back(*std::move(conflict));
    }
    if (!entry->status().ok()) {
        return std::unexpected(error_of(entry->status(), database_.folder()));
    }
    return page;
}

Result<TombstonePage> ReplicaReader::find_tombstones(std::string_view from,
                                                     HybridTime up_to) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const std::unique_ptr<rocksdb::Iterator> entry(
        (*open)->db->NewIterator(rocksdb::ReadOptions(), (*open)->tombstones.get()));
    TombstonePage page;
    std::size_t seen = 0;
    for (entry->Seek(from); entry->Valid(); entry->Next(), ++seen) {
        if (seen == kTombstonesAtOnce) {
            page.next = entry->key().ToString();
            break;
        }
        const auto version =
            version_of_tombstone(catalog_.regions(), entry->value().ToStringView());
        if (version.stamp.time <= up_to) {
            page.rows.push_back(entry->key().ToString());
        }
    }
    if (!entry->status().ok()) {
        return std::unexpected(error_of(entry->status(), database_.folder()));
    }
    return page;
}

}  // namespace meridian::store
