#include "store/rocksdb/reader.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "store/page_builder.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
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
                       const RowRange& range, Direction direction, PageBuilder page) {
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
            return std::unexpected(damaged(folder, item.error().message));
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

// A view of the database as of one moment, for as long as it lives.
class Snapshot {
  public:
    explicit Snapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot() { db_.ReleaseSnapshot(snapshot_); }

    [[nodiscard]] rocksdb::ReadOptions options() const {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        return options;
    }

  private:
    rocksdb::DB& db_;
    const rocksdb::Snapshot* snapshot_;
};

}  // namespace

Result<std::optional<item::Item>> Reader::item_of(const rocksdb::Status& status,
                                                  std::string_view sealed) const {
    if (status.IsNotFound()) {
        return std::nullopt;
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, database_.folder()));
    }
    auto item = unseal_item(sealed);
    if (!item) {
        return std::unexpected(damaged(database_.folder(), item.error().message));
    }
    return *std::move(item);
}

Result<std::optional<item::Item>> Reader::item_at(std::string_view row) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    rocksdb::PinnableSlice sealed;
    const auto status =
        (*open)->db->Get(rocksdb::ReadOptions(), (*open)->items.get(), row, &sealed);
    return item_of(status, sealed.ToStringView());
}

Result<std::optional<item::Item>> Reader::get(const ItemRef& ref) const {
    const auto row = row_of(tables_, ref);
    if (!row) {
        return std::unexpected(row.error());
    }
    return item_at(*row);
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
        auto item = item_of(statuses[i], sealed[i].ToStringView());
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
    return read_page(**open, database_.folder(), *range,
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
    return read_page(**open, database_.folder(), *range, Direction::kForward,
                     PageBuilder((*table)->schema.key, scan.limit, scan.filter));
}

Result<std::vector<Change>> Reader::read_log(SequenceNumber after, std::size_t count) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const auto& folder = database_.folder();
    const Snapshot snapshot(*(*open)->db);
    const auto trimmed = read_catalog_number(**open, folder, snapshot.options(), kTrimmedKey);
    if (!trimmed) {
        return std::unexpected(trimmed.error());
    }
    if (after < *trimmed) {
        return fail(ErrorCode::kLogTrimmed,
                    fmt::format("The change log starts at {}; {} is no longer kept", *trimmed + 1,
                                after + 1));
    }
    const std::unique_ptr<rocksdb::Iterator> entry(
        (*open)->db->NewIterator(snapshot.options(), (*open)->log.get()));
    ChangePage page(count);
    auto next = after + 1;
    for (entry->Seek(encode_number(next)); entry->Valid(); entry->Next(), ++next) {
        if (entry->key().ToStringView() != encode_number(next)) {
            return std::unexpected(damaged(folder, fmt::format("change {} is missing", next)));
        }
        auto change = unseal_change(tables_, next, entry->value().ToStringView());
        if (!change) {
            return std::unexpected(damaged(folder, change.error().message));
        }
        if (!page.add(*std::move(change))) {
            break;
        }
    }
    if (!entry->status().ok()) {
        return std::unexpected(error_of(entry->status(), folder));
    }
    return std::move(page).take();
}

}  // namespace meridian::store
