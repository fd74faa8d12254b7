#include "store/rocksdb/view.h"

#include <chrono>
#include <utility>

#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/version_bytes.h"

namespace meridian::store {
namespace {

constexpr std::chrono::hours kAgeMax{1};
constexpr std::size_t kRowsAtOnce = 4096;  // a mending of the database waits for so many

}  // namespace

Result<std::unique_ptr<StoreView>> RocksDbView::open(const Database& database,
                                                     const Catalog& catalog, const Clock& clock) {
    const auto open = database.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    auto& pins = *(*open)->pins;
    pins.remove_ended(clock.monotonic());
    const auto ticket = database.new_ticket();
    rocksdb::ReadOptions options;
    options.snapshot = pins.add(ticket, clock.monotonic() + kAgeMax);
    if (options.snapshot == nullptr) {
        return fail(ErrorCode::kOverloaded, "Too many views of the store are open; close one");
    }
    const auto ends = read_log_ends(**open, database.folder(), options);
    if (!ends) {
        pins.remove(ticket);
        return std::unexpected(ends.error());
    }
    return std::unique_ptr<StoreView>(new RocksDbView(database, catalog, ticket, ends->newest));
}

RocksDbView::~RocksDbView() {
    if (const auto open = database_.access()) {
        (*open)->pins->remove(ticket_);
    }
}

Result<void> RocksDbView::visit(Rows rows, const RowRange& range, const Visitor& visitor) const {
    auto left = range;
    while (!left.empty()) {
        if (auto visited = visit_some(rows, left, visitor); !visited) {
            return visited;
        }
    }
    return {};
}

StoreView::Row RocksDbView::row_of(Rows rows, std::string_view key, std::string_view sealed) const {
    if (rows == Rows::kDeletes) {
        return {key, {}, version_of_tombstone(catalog_.regions(), sealed)};
    }
    const auto parts = unseal_all(sealed);
    auto version = parts ? version_of(catalog_.regions(), *parts)
                         : Result<Version>(std::unexpected(parts.error()));
    if (!version) {
        return {key, sealed, {}, true};
    }
    return {key, parts->payload, *std::move(version)};
}

Result<void> RocksDbView::visit_some(Rows rows, RowRange& range, const Visitor& visitor) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const rocksdb::Slice high(range.high);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &high;
    options.fill_cache = false;
    const auto& family = rows == Rows::kItems ? (*open)->items : (*open)->tombstones;
    const auto row = (*open)->pins->iterate(ticket_, options, family.get());
    if (row == nullptr) {
        return fail(ErrorCode::kUnavailable,
                    "The view of the store is no longer kept; open a new one");
    }
    row->Seek(range.low);
    for (std::size_t seen = 0; row->Valid(); row->Next(), ++seen) {
        if (seen == kRowsAtOnce) {
            range.low = row->key().ToString();
            return {};
        }
        const auto visited =
            visitor(row_of(rows, row->key().ToStringView(), row->value().ToStringView()));
        if (!visited) {
            return std::unexpected(visited.error());
        }
        if (*visited == Visit::kStop) {
            break;
        }
    }
    if (!row->status().ok()) {
        return std::unexpected(error_of(row->status(), database_.folder()));
    }
    range.low = range.high;
    return {};
}

}  // namespace meridian::store
