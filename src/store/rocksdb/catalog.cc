#include "store/rocksdb/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include "base/log.h"
#include "store/rocksdb/catalog_copy.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"

namespace meridian::store {
namespace {

std::string region_key(std::string_view name) {
    return std::string(kRegionPrefix) + std::string(name);
}

// Calls `read` with the rest of each key that starts with the prefix, and its value.
Result<void> for_each(
    const Database& database, std::string_view prefix,
    const std::function<Result<void>(std::string_view name, std::string_view sealed)>& read) {
    const auto open = database.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const std::unique_ptr<rocksdb::Iterator> entry(
        (*open)->db->NewIterator(rocksdb::ReadOptions(), (*open)->catalog.get()));
    for (entry->Seek(prefix); entry->Valid() && entry->key().ToStringView().starts_with(prefix);
         entry->Next()) {
        const auto name = entry->key().ToStringView().substr(prefix.size());
        if (const auto done = read(name, entry->value().ToStringView()); !done) {
            return std::unexpected(damaged(database.folder(), done.error().message));
        }
    }
    if (!entry->status().ok()) {
        return std::unexpected(error_of(entry->status(), database.folder()));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Catalog>> Catalog::open(Database& database, const std::string& region) {
    if (auto checked = check_region(region); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    std::unique_ptr<Catalog> catalog(new Catalog(database));
    for (const auto read :
         {&Catalog::read_tables, &Catalog::read_regions, &Catalog::read_numbers}) {
        if (auto done = (*catalog.*read)(); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
    if (catalog->log_id() == LogId{}) {
        if (auto started = catalog->start(region); !started) {
            return std::unexpected(std::move(started).error());
        }
    }
    if (catalog->region() != region) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} is of region {}, not of {}: use that name, or another folder",
                                database.folder().string(), catalog->region(), region));
    }
    catalog->keep_copy();
    return catalog;
}

Result<void> Catalog::read_tables() {
    return for_each(database_, kTablePrefix, [this](auto /*name*/, auto sealed) -> Result<void> {
        auto table = unseal_table(sealed);
        if (!table) {
            return std::unexpected(std::move(table).error());
        }
        tables_.add(*std::move(table));
        return {};
    });
}

Result<void> Catalog::read_regions() {
    std::map<std::uint8_t, std::string> names;
    const auto read =
        for_each(database_, kRegionPrefix, [&names](auto name, auto sealed) -> Result<void> {
            const auto id = unseal(sealed);
            if (!id || id->size() != 1) {
                return fail(ErrorCode::kCorruption, "a region without a number");
            }
            names.emplace(static_cast<std::uint8_t>(id->front()), name);
            return {};
        });
    if (!read) {
        return read;
    }
    for (auto& [id, name] : names) {
        if (id != regions_.next_id()) {
            return std::unexpected(damaged(database_.folder(), "a region is missing"));
        }
        regions_.add(std::move(name));
    }
    return {};
}

Result<void> Catalog::read_numbers() {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    for (const auto& [key, number] :
         {std::pair(kLogIdKey, &log_id_), std::pair(kClockKey, &newest_time_.bits),
          std::pair(kCollectedKey, &collected_.bits), std::pair(kUnversionedKey, &unversioned_)}) {
        const auto read = read_catalog_number(**open, database_.folder(), {}, key);
        if (!read) {
            return std::unexpected(read.error());
        }
        *number = *read;
    }
    return {};
}

Result<void> Catalog::start(const std::string& region) {
    log_id_ = std::to_underlying(new_log_id());
    unversioned_ = database_.last_sequence();
    rocksdb::WriteBatch batch;  // without a handle it goes to the default family, the catalog
    batch.Put(kLogIdKey, seal(encode_number(log_id_)));
    batch.Put(kUnversionedKey, seal(encode_number(unversioned_)));
    batch.Put(region_key(region), seal(std::string(1, static_cast<char>(kOwnRegionId))));
    if (auto committed = database_.commit(batch, 0); !committed) {
        return committed;
    }
    regions_.add(region);
    return {};
}

// Whoever salvages a damaged folder needs it; without it the store works as well.
void Catalog::keep_copy() const {
    CatalogRows rows;
    auto read = for_each(database_, "", [&rows](auto key, auto sealed) -> Result<void> {
        if (is_copied(key)) {
            rows.emplace(key, sealed);
        }
        return {};
    });
    if (read) {
        read = write_catalog_copy(database_.folder(), rows);
    }
    if (!read) {
        log(LogLevel::kWarn, "store", "no copy of the catalog is kept: {}", read.error().message);
    }
}

Result<void> Catalog::create_table(const TableSchema& schema) {
    if (auto checked = check_schema(schema); !checked) {
        return checked;
    }
    const std::lock_guard lock(creation_mutex_);
    if (const auto existing = tables_.find_ever(schema.name)) {
        return check_same_schema(**existing, schema);
    }
    Table table{std::max(tables_.next_id(), next_table_id_), schema};
    next_table_id_ = table.id + 1;  // also when the commit fails: it may be made after all
    rocksdb::WriteBatch batch;
    batch.Put(std::string(kTablePrefix) + schema.name, seal_table(table));
    if (auto committed = database_.commit(batch, 0); !committed) {
        return committed;
    }
    tables_.add(std::move(table));
    keep_copy();
    return {};
}

void Catalog::redefine(Table table) {
    const std::lock_guard lock(creation_mutex_);
    tables_.redefine(std::move(table));
    keep_copy();
}

Result<void> Catalog::restart_indexes() {
    for (const auto* table : tables_.all()) {
        if (table->indexes.empty()) {
            continue;
        }
        auto anew = *table;
        for (auto& index : anew.indexes) {
            index.state = index.is_kept() ? Index::State::kFilling : index.state;
        }
        rocksdb::WriteBatch batch;
        batch.Put(std::string(kTablePrefix) + anew.schema.name, seal_table(anew));
        if (auto committed = database_.commit(batch, 0); !committed) {
            return committed;
        }
        redefine(std::move(anew));
    }
    return {};
}

Result<void> Catalog::learn(std::vector<std::string> regions) {
    std::erase_if(regions, [this](const auto& name) {
        return std::ranges::find(unsettled_, name) != unsettled_.end();
    });
    std::ranges::move(regions, std::back_inserter(unsettled_));
    auto id = regions_.next_id();
    rocksdb::WriteBatch batch;
    for (const auto& name : unsettled_) {
        batch.Put(region_key(name), seal(std::string(1, static_cast<char>(id++))));
    }
    if (auto committed = database_.commit(batch, 0); !committed) {
        return committed;
    }
    for (auto& name : std::exchange(unsettled_, {})) {
        regions_.add(std::move(name));
    }
    const std::lock_guard lock(creation_mutex_);
    keep_copy();
    return {};
}

Result<Cursor> Catalog::cursor(std::string_view region) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    std::string sealed;
    const auto status = (*open)->db->Get(rocksdb::ReadOptions(), (*open)->catalog.get(),
                                         std::string(kCursorPrefix) + std::string(region), &sealed);
    if (status.IsNotFound()) {
        return Cursor{};
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, database_.folder()));
    }
    const auto cursor = unseal_cursor(sealed);
    if (!cursor) {
        log(LogLevel::kError, "store", "the cursor of {} is damaged ({}): all of it is read anew",
            region, cursor.error().message);
        return Cursor{};
    }
    return *cursor;
}

}  // namespace meridian::store
