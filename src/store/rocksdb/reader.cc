#include "store/rocksdb/reader.h"

#include <memory>
#include <string>
#include <utility>

#include "store/page_builder.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/snapshot.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

enum class Direction : std::uint8_t { kForward, kBackward };

rocksdb::ReadOptions options_for(const rocksdb::Slice& low, const rocksdb::Slice& high) {
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &low;
    options.iterate_upper_bound = &high;
    return options;
}

// Examines the rows of a range until the page is full.
Result<Page> read_page(const OpenDatabase& open, const std::filesystem::path& folder,
                       const Table& table, const RowRange& range, Direction direction,
                       PageBuilder page) {
    if (range.empty()) {
        return Page{};
    }
    const rocksdb::Slice low(range.low);
    const rocksdb::Slice high(range.high);
    const std::unique_ptr<rocksdb::Iterator> row(
        open.db->NewIterator(options_for(low, high), open.items.get()));
    const bool forward = direction == Direction::kForward;
    for (forward ? row->SeekToFirst() : row->SeekToLast(); row->Valid() && !page.full();
         forward ? row->Next() : row->Prev()) {
        auto item = unseal_item(row->value().ToStringView());
        if (!item) {
            if (auto key = item_key(table, row->key().ToStringView())) {
                page.leave_out(*std::move(key));
            }
            continue;
        }
        if (const auto examined = page.examine(*std::move(item)); !examined) {
            return std::unexpected(examined.error());
        }
    }
    if (!row->status().ok()) {
        return std::unexpected(error_of(row->status(), folder));
    }
    return std::move(page).take();
}

}  // namespace

Result<std::optional<item::Item>> Reader::item_of(std::string_view row,
                                                  const rocksdb::Status& status,
                                                  std::string_view sealed) const {
    if (status.IsNotFound()) {
        return std::nullopt;
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, database_.folder()));
    }
    auto item = unseal_item(sealed);
    if (!item) {
        return std::unexpected(damaged_item(tables_, row, item.error().message));
    }
    return *std::move(item);
}

Result<VersionedImage> Reader::state_at(std::string_view row, Look look) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return state_at(row, look, **open, rocksdb::ReadOptions());
}

Result<VersionedImage> Reader::state_at(std::string_view row, Look look, const OpenDatabase& open,
                                        const rocksdb::ReadOptions& options) const {
    rocksdb::PinnableSlice sealed;
    auto status = open.db->Get(options, open.items.get(), row, &sealed);
    if (status.ok()) {
        auto state = unseal_row(regions_, sealed.ToStringView());
        if (!state) {
            return std::unexpected(damaged_item(tables_, row, state.error().message));
        }
        return state;
    }
    if (status.IsNotFound() && look == Look::kItemOrTombstone) {
        status = open.db->Get(options, open.tombstones.get(), row, &sealed);
    }
    if (status.IsNotFound()) {
        return VersionedImage{};
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, database_.folder()));
    }
    return VersionedImage{{}, version_of_tombstone(regions_, sealed.ToStringView())};
}

Result<VersionedImage> Reader::get_version(const ItemRef& ref) const {
    const auto row = row_of(tables_, ref);
    if (!row) {
        return std::unexpected(row.error());
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const Snapshot snapshot(*(*open)->db);  // items move between two families
    return state_at(*row, Look::kItemOrTombstone, **open, snapshot.options());
}

Result<std::optional<item::Item>> Reader::get(const ItemRef& ref) const {
    const auto row = row_of(tables_, ref);
    if (!row) {
        return std::unexpected(row.error());
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    rocksdb::PinnableSlice sealed;
    const auto status =
        (*open)->db->Get(rocksdb::ReadOptions(), (*open)->items.get(), *row, &sealed);
    return item_of(*row, status, sealed.ToStringView());
}

Result<std::vector<std::optional<item::Item>>> Reader::get_many(
    std::span<const ItemRef> refs) const {
    std::vector<std::string> rows;
    rows.reserve(refs.size());
    for (const auto& ref : refs) {
        auto row = row_of(tables_, ref);
        if (!row) {
            return std::unexpected(std::move(row).error());
        }
        rows.push_back(*std::move(row));
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const std::vector<rocksdb::Slice> keys(rows.begin(), rows.end());
    std::vector<rocksdb::PinnableSlice> sealed(rows.size());
    std::vector<rocksdb::Status> statuses(rows.size());
    const Snapshot snapshot(*(*open)->db);
    (*open)->db->MultiGet(snapshot.options(), (*open)->items.get(), keys.size(), keys.data(),
                          sealed.data(), statuses.data());
    std::vector<std::optional<item::Item>> items;
    items.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto item = item_of(rows[i], statuses[i], sealed[i].ToStringView());
        if (!item) {
            return std::unexpected(std::move(item).error());
        }
        items.push_back(*std::move(item));
    }
    return items;
}

Result<Page> Reader::query(const Query& query) const {
    const auto table = tables_.find(query.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto range = query_range(**table, query);
    if (!range) {
        return std::unexpected(range.error());
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return read_page(**open, database_.folder(), **table, *range,
                     query.forward ? Direction::kForward : Direction::kBackward,
                     PageBuilder((*table)->schema.key, query.limit, query.filter));
}

Result<Page> Reader::scan(const Scan& scan) const {
    const auto table = tables_.find(scan.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto range = scan_range(**table, scan);
    if (!range) {
        return std::unexpected(range.error());
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return read_page(**open, database_.folder(), **table, *range, Direction::kForward,
                     PageBuilder((*table)->schema.key, scan.limit, scan.filter));
}

}  // namespace meridian::store
