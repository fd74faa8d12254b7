#include "store/rocksdb/upkeep.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "store/index_edit.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"

namespace meridian::store {
namespace {

// Writes wait for one piece at most.
constexpr std::size_t kRowsAtOnce = 1000;
constexpr std::size_t kBytesAtOnce = 1024UL * 1024;
constexpr std::size_t kConflictsAtOnce = 4096;

// Reads look at every deletion of a range, so that few rows are deleted one by one.
constexpr std::size_t kSingleDeletesMax = 1000;

rocksdb::Status delete_rows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                            const RowRange& rows, rocksdb::WriteBatch& batch) {
    const rocksdb::Slice high(rows.high);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &high;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(db.NewIterator(options, family));
    std::size_t count = 0;
    for (row->Seek(rows.low); row->Valid() && count <= kSingleDeletesMax; row->Next()) {
        ++count;
    }
    if (!row->status().ok()) {
        return row->status();
    }
    if (count > kSingleDeletesMax) {
        return batch.DeleteRange(family, rows.low, rows.high);
    }
    for (row->Seek(rows.low); row->Valid(); row->Next()) {
        batch.Delete(family, row->key());
    }
    return row->status();
}

// The row that a conflict is about (StagedConflict::key).
std::string_view row_of_conflict(std::string_view key) {
    constexpr std::size_t kTimeBytes = 8;
    const auto end_of_region = key.find('\0', std::min(kTimeBytes, key.size()));
    return end_of_region == std::string_view::npos ? std::string_view()
                                                   : key.substr(end_of_region + 1);
}

}  // namespace

Upkeep::Upkeep(Database& database, Catalog& catalog) : database_(database), catalog_(catalog) {
    for (const auto* table : catalog_.tables().all()) {
        note(*table);
    }
}

void Upkeep::add(Chore chore) {
    if (std::ranges::find(chores_, chore) == chores_.end()) {
        chores_.push_back(chore);
    }
}

void Upkeep::note(const Table& table) {
    if (table.state == Table::State::kDropped) {
        add({table.id});
    }
    for (const auto& index : table.indexes) {
        if (table.is_live() && index.state != Index::State::kReady) {
            add({table.id, index.id});
        }
    }
}

Result<void> Upkeep::step() {
    const auto progress = step(chores_.front());
    if (!progress) {
        return std::unexpected(progress.error());
    }
    if (*progress == Progress::kDone) {
        chores_.pop_front();
    }
    return {};
}

Result<Upkeep::Progress> Upkeep::step(const Chore& chore) {
    const auto table = catalog_.tables().find(chore.table);
    if (!table) {
        return Progress::kDone;
    }
    if (chore.index == 0) {
        return clear(**table);
    }
    const auto* index = (*table)->index(chore.index);
    if (index == nullptr || !(*table)->is_live()) {
        return Progress::kDone;
    }
    switch (index->state) {
        case Index::State::kFilling:
            return fill(**table, *index);
        case Index::State::kReady:
            return Progress::kDone;
        case Index::State::kRemoved:
            return remove(**table, *index);
    }
    return Progress::kDone;
}

Result<Upkeep::Progress> Upkeep::clear(const Table& table) {
    const auto forgotten = forget_conflicts(table);
    if (!forgotten || *forgotten == Progress::kGoesOn) {
        return forgotten;
    }
    rocksdb::WriteBatch batch;
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        auto status = rocksdb::Status::OK();
        const auto delete_in = [&](const auto& family, const RowRange& rows) {
            if (status.ok()) {
                status = delete_rows(*(*open)->db, family.get(), rows, batch);
            }
        };
        delete_in((*open)->items, rows_under(table, ""));
        delete_in((*open)->tombstones, rows_under(table, ""));
        for (const auto& index : table.indexes) {
            delete_in((*open)->indexes, rows_under(row_prefix(index.id)));
        }
        if (!status.ok()) {
            return std::unexpected(error_of(status, database_.folder()));
        }
    }
    for (const auto& index : table.indexes) {
        fills_.forget(index);
    }
    auto gone = table;
    gone.state = Table::State::kGone;
    gone.indexes.clear();
    return define(std::move(gone), std::move(batch));
}

Result<Upkeep::Progress> Upkeep::forget_conflicts(const Table& table) {
    rocksdb::WriteBatch batch;
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        const auto prefix = row_prefix(table.id);
        const std::unique_ptr<rocksdb::Iterator> entry(
            (*open)->db->NewIterator({}, (*open)->conflicts.get()));
        entry->Seek(conflicts_from_);
        for (std::size_t seen = 0; entry->Valid() && seen < kConflictsAtOnce;
             entry->Next(), ++seen) {
            if (row_of_conflict(entry->key().ToStringView()).starts_with(prefix)) {
                batch.Delete((*open)->conflicts.get(), entry->key());
            }
        }
        if (!entry->status().ok()) {
            return std::unexpected(error_of(entry->status(), database_.folder()));
        }
        conflicts_from_ = entry->Valid() ? entry->key().ToString() : std::string();
    }
    if (auto made = commit(batch); !made) {
        conflicts_from_.clear();
        return std::unexpected(std::move(made).error());
    }
    return conflicts_from_.empty() ? Progress::kDone : Progress::kGoesOn;
}

Result<Upkeep::Progress> Upkeep::remove(const Table& table, const Index& index) {
    rocksdb::WriteBatch batch;
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        const auto status = delete_rows(*(*open)->db, (*open)->indexes.get(),
                                        rows_under(row_prefix(index.id)), batch);
        if (!status.ok()) {
            return std::unexpected(error_of(status, database_.folder()));
        }
    }
    fills_.forget(index);
    auto without = table;
    std::erase_if(without.indexes, [&](const Index& each) { return each.id == index.id; });
    return define(std::move(without), std::move(batch));
}

Result<Upkeep::Progress> Upkeep::fill(const Table& table, const Index& index) {
    rocksdb::WriteBatch batch;
    ExtentChanges extents;
    std::string next;  // empty: nowhere
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        const auto rows = rows_under(table, "");
        const rocksdb::Slice high(rows.high);
        rocksdb::ReadOptions options;
        options.iterate_upper_bound = &high;
        options.fill_cache = false;
        const std::unique_ptr<rocksdb::Iterator> row(
            (*open)->db->NewIterator(options, (*open)->items.get()));
        std::size_t bytes = 0;
        std::size_t count = 0;
        for (row->Seek(std::max(rows.low, fills_.position(index)));
             row->Valid() && count < kRowsAtOnce && bytes < kBytesAtOnce; row->Next(), ++count) {
            bytes += row->value().size();
            const auto item = unseal_item(row->value().ToStringView());
            const auto edit = item
                                  ? index_edit(table, index, row->key().ToStringView(), {},
                                               {&*item, payload_bytes(row->value().ToStringView())})
                                  : std::nullopt;
            if (edit) {
                batch.Put((*open)->indexes.get(), *edit->after, rocksdb::Slice());
                extents.add(*index.extent, edit->items(), edit->bytes);
            }
        }
        if (!row->status().ok()) {
            return std::unexpected(error_of(row->status(), database_.folder()));
        }
        next = row->Valid() ? row->key().ToString() : std::string();
    }
    if (!next.empty()) {
        if (auto made = commit(batch); !made) {
            return std::unexpected(std::move(made).error());
        }
        extents.count();
        fills_.move(index, std::move(next));
        return Progress::kGoesOn;
    }
    auto ready = table;
    std::ranges::find(ready.indexes, index.id, &Index::id)->state = Index::State::kReady;
    return define(std::move(ready), std::move(batch), extents);
}

Result<void> Upkeep::commit(rocksdb::WriteBatch& batch) {
    return batch.Count() == 0 ? Result<void>() : database_.commit(batch, 0);
}

Result<Upkeep::Progress> Upkeep::define(Table table, rocksdb::WriteBatch batch,
                                        const ExtentChanges& extents) {
    // Without a handle it goes to the default family, the catalog.
    batch.Put(std::string(kTablePrefix) + table.schema.name, seal_table(table));
    if (auto made = commit(batch); !made) {
        return std::unexpected(std::move(made).error());
    }
    extents.count();
    catalog_.redefine(std::move(table));
    return Progress::kDone;
}

}  // namespace meridian::store
