#include "store/rocksdb/page_reader.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/index_row.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/snapshot.h"

namespace meridian::store {
namespace {

constexpr std::size_t kItemsAtOnce = 256;

// The rows of a range, one after the other.
class Rows {
  public:
    Rows(const PageRead& read, rocksdb::ColumnFamilyHandle* family, rocksdb::ReadOptions options)
        : forward_(read.direction == Direction::kForward),
          low_(read.range.low),
          high_(read.range.high) {
        options.iterate_lower_bound = &low_;
        options.iterate_upper_bound = &high_;
        row_.reset(read.open.db->NewIterator(options, family));
        forward_ ? row_->SeekToFirst() : row_->SeekToLast();
    }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    [[nodiscard]] bool done() const { return !row_->Valid(); }
    [[nodiscard]] rocksdb::Status status() const { return row_->status(); }
    [[nodiscard]] std::string_view key() const { return row_->key().ToStringView(); }
    [[nodiscard]] std::string_view value() const { return row_->value().ToStringView(); }
    void next() { forward_ ? row_->Next() : row_->Prev(); }

  private:
    const bool forward_;
    const rocksdb::Slice low_;  // the iterator keeps pointers to them
    const rocksdb::Slice high_;
    std::unique_ptr<rocksdb::Iterator> row_;
};

Result<Page> read_items(const PageRead& read, PageBuilder page) {
    Rows rows(read, read.open.items.get(), {});
    for (; !rows.done() && !page.full(); rows.next()) {
        auto item = unseal_item(rows.value());
        if (!item) {
            if (auto key = item_key(read.source.table, rows.key())) {
                auto position = *key;
                page.leave_out(*std::move(key), std::move(position));
            }
            continue;
        }
        if (const auto examined = page.examine(*std::move(item)); !examined) {
            return std::unexpected(examined.error());
        }
    }
    if (!rows.status().ok()) {
        return std::unexpected(error_of(rows.status(), read.folder));
    }
    return std::move(page).take();
}

struct Entry {
    std::string bytes;
    DecodedEntry decoded;
};

// As many entries as may fill the page, and what can be read of them.
std::vector<Entry> next_entries(const PageRead& read, const PageBuilder& page, Rows& rows) {
    std::vector<Entry> entries;
    const auto count = std::min(page.room(), kItemsAtOnce);
    for (; !rows.done() && entries.size() < count; rows.next()) {
        auto decoded = decode_entry(read.source.table, *read.source.index, rows.key());
        if (decoded) {
            entries.push_back({std::string(rows.key()), *std::move(decoded)});
        }
    }
    return entries;
}

// Whether there is an item that has the entry; else the entry is left over from damage.
bool is_entry_of(const PageRead& read, const Entry& entry, const item::Item& item) {
    return index_entry(*read.source.index, entry.decoded.row, item) == entry.bytes;
}

Result<void> examine(const PageRead& read, const Entry& entry, std::string_view sealed,
                     PageBuilder& page) {
    auto item = unseal_item(sealed);
    if (!item) {
        if (auto key = item_key(read.source.table, entry.decoded.row)) {
            auto position = entry.decoded.index_key;
            position.insert(key->begin(), key->end());
            page.leave_out(*std::move(key), std::move(position));
        }
        return {};
    }
    return is_entry_of(read, entry, *item) ? page.examine(*std::move(item)) : Result<void>();
}

Result<void> examine(const PageRead& read, const std::vector<Entry>& entries,
                     const rocksdb::ReadOptions& options, PageBuilder& page) {
    std::vector<rocksdb::Slice> rows;
    rows.reserve(entries.size());
    for (const auto& entry : entries) {
        rows.emplace_back(entry.decoded.row);
    }
    std::vector<rocksdb::PinnableSlice> sealed(rows.size());
    std::vector<rocksdb::Status> statuses(rows.size());
    read.open.db->MultiGet(options, read.open.items.get(), rows.size(), rows.data(), sealed.data(),
                           statuses.data());
    for (std::size_t i = 0; i < entries.size() && !page.full(); ++i) {
        if (statuses[i].IsNotFound()) {
            continue;
        }
        if (!statuses[i].ok()) {
            return std::unexpected(error_of(statuses[i], read.folder));
        }
        if (auto examined = examine(read, entries[i], sealed[i].ToStringView(), page); !examined) {
            return examined;
        }
    }
    return {};
}

Result<Page> read_entries(const PageRead& read, PageBuilder page) {
    const Snapshot snapshot(*read.open.db);
    Rows rows(read, read.open.indexes.get(), snapshot.options());
    while (!page.full()) {
        const auto entries = next_entries(read, page, rows);
        if (!rows.status().ok()) {
            return std::unexpected(error_of(rows.status(), read.folder));
        }
        if (entries.empty()) {
            break;
        }
        if (const auto examined = examine(read, entries, snapshot.options(), page); !examined) {
            return std::unexpected(examined.error());
        }
    }
    return std::move(page).take();
}

}  // namespace

Result<Page> read_page(const PageRead& read, PageBuilder page) {
    if (read.range.empty()) {
        return Page{};
    }
    return read.source.index == nullptr ? read_items(read, std::move(page))
                                        : read_entries(read, std::move(page));
}

}  // namespace meridian::store
