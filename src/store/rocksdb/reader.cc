#include "store/rocksdb/reader.h"

#include <memory>
#include <string>
#include <utility>

#include "store/page_builder.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/page_reader.h"
#include "store/rocksdb/snapshot.h"
#include "store/row_key.h"
#include "store/row_range.h"

namespace meridian::store {

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
    const auto source = source_of(tables_, query.table, query.index);
    if (!source) {
        return std::unexpected(source.error());
    }
    const auto range = query_range(*source, query);
    if (!range) {
        return std::unexpected(range.error());
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return read_page({**open, database_.folder(), *source, *range,
                      query.forward ? Direction::kForward : Direction::kBackward},
                     PageBuilder(*source, query));
}

Result<Page> Reader::scan(const Scan& scan) const {
    const auto source = source_of(tables_, scan.table, scan.index);
    if (!source) {
        return std::unexpected(source.error());
    }
    const auto range = scan_range(*source, scan);
    if (!range) {
        return std::unexpected(range.error());
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return read_page({**open, database_.folder(), *source, *range, Direction::kForward},
                     PageBuilder(*source, scan));
}

}  // namespace meridian::store
