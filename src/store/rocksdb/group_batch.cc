#include "store/rocksdb/group_batch.h"

#include <algorithm>
#include <utility>

#include "store/row_key.h"

namespace meridian::store {
namespace {

std::int64_t as_signed(std::size_t bytes) {
    return static_cast<std::int64_t>(bytes);
}

// What is stored in a row whose item can't be read.
std::size_t stored_bytes(const OpenDatabase& open, std::string_view row) {
    rocksdb::PinnableSlice sealed;
    const auto status = open.db->Get({}, open.items.get(), row, &sealed);
    return status.ok() ? payload_bytes(sealed.ToStringView()) : 0;
}

}  // namespace

bool FillPositions::counts(const Index& index, std::string_view row) const {
    return index.state == Index::State::kReady || row < position(index);
}

std::string FillPositions::position(const Index& index) const {
    const auto found = positions_.find(index.id);
    return found == positions_.end() ? std::string() : found->second;
}

void FillPositions::move(const Index& index, std::string position) {
    positions_.insert_or_assign(index.id, std::move(position));
}

void ExtentChanges::add(ExtentCounter& counter, std::int64_t items, std::int64_t bytes) {
    if (items != 0 || bytes != 0) {
        additions_.push_back({&counter, items, bytes});
    }
}

void ExtentChanges::add(const Table& table, const Change& change, const FillPositions& fills) {
    const auto before = measure(change.before);
    const auto after = measure(change.after);
    add(*table.extent, (change.after ? 1 : 0) - (change.before ? 1 : 0),
        as_signed(after.bytes) - as_signed(before.bytes));
    if (table.indexes.empty()) {
        return;
    }
    const auto row = row_key(table, change.key);
    for (const auto& edit : index_edits(table, row, before, after)) {
        if (fills.counts(*edit.index, row)) {
            add(*edit.index->extent, edit.items(), edit.bytes);
        }
    }
}

void ExtentChanges::count() const {
    for (const auto& [counter, items, bytes] : additions_) {
        counter->add(items, bytes);
    }
}

void GroupBatch::put(const Table& table) {
    batch_.Put(open_.catalog.get(), std::string(kTablePrefix) + table.schema.name,
               seal_table(table));
}

void GroupBatch::put(const StagedGroup& group) {
    for (const auto& staged : group.changes) {
        put(staged);
        newest_ = std::max(newest_, staged.change.sequence);
    }
    for (const auto& staged : group.conflicts) {
        batch_.Put(open_.conflicts.get(), staged.key(),
                   seal_conflict(regions_, staged.row, staged.conflict));
    }
    for (const auto& [region, cursor] : group.cursors) {
        batch_.Put(open_.catalog.get(), std::string(kCursorPrefix) + region, seal_cursor(cursor));
    }
    if (group.collected != HybridTime{}) {
        batch_.Put(open_.catalog.get(), kCollectedKey, seal(encode_number(group.collected.bits)));
    }
    if (group.redefined) {
        put(*group.redefined);
    }
}

// One change: its row, its record in the log, and its entries in indexes.
void GroupBatch::put(const StagedChange& staged) {
    const auto sealed = seal_change(regions_, staged);
    if (staged.change.after) {
        batch_.Put(open_.items.get(), staged.row, sealed.row);
    } else if (staged.over_item) {
        batch_.Delete(open_.items.get(), staged.row);
    }
    if (!staged.change.after && staged.version) {
        batch_.Put(open_.tombstones.get(), staged.row, sealed.row);
    } else if (staged.over_tombstone) {
        batch_.Delete(open_.tombstones.get(), staged.row);
    }
    if (staged.change.sequence != 0) {
        batch_.Put(open_.log.get(), encode_number(staged.change.sequence), sealed.log);
        enter(staged, sealed);
    }
}

void GroupBatch::enter(const StagedChange& staged, const SealedChange& sealed) {
    const auto& [sequence, at, name, key, before, after] = staged.change;
    const auto bytes_before =
        staged.over_item && !before ? stored_bytes(open_, staged.row) : sealed.before_bytes;
    extents_.add(*staged.table->extent, (after ? 1 : 0) - (staged.over_item ? 1 : 0),
                 as_signed(sealed.after_bytes) - as_signed(bytes_before));
    if (staged.table->indexes.empty()) {
        return;
    }
    const auto edits = index_edits(*staged.table, staged.row, {before.get(), sealed.before_bytes},
                                   {after.get(), sealed.after_bytes});
    for (const auto& edit : edits) {
        if (edit.before && edit.before != edit.after) {
            batch_.Delete(open_.indexes.get(), *edit.before);
        }
        // Also where it is already: an entry may have been lost.
        if (edit.after) {
            batch_.Put(open_.indexes.get(), *edit.after, rocksdb::Slice());
        }
        if (fills_.counts(*edit.index, staged.row)) {
            extents_.add(*edit.index->extent, edit.items(), edit.bytes);
        }
    }
}

}  // namespace meridian::store
