#include "store/store_view.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "item/codec.h"
#include "store/content_hash.h"

namespace meridian::store {
namespace {

constexpr std::size_t kPageItemsMax = 10'000;  // deletes have no size to speak of
constexpr char kItemsPosition = 'i';
constexpr char kDeletesPosition = 'd';
constexpr std::size_t kTableBytes = 4;  // before a prefix

const std::string kAfterAllRows(kTableBytes, '\xff');  // no table has that id

std::string_view without_table(std::string_view row) {
    return row.substr(std::min(kTableBytes, row.size()));
}

Result<const Table*> table_of(const TableDirectory& tables, std::string_view row) {
    const auto decoded = decode_row_key(row);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    return tables.find(decoded->table_id);
}

Result<ContentHash> hash_of_row(std::string_view row, std::string_view encoded,
                                const Stamp& stamp) {
    const auto decoded = decode_row_key(row);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    return hash_of(decoded->encoded_key, encoded, stamp);
}

}  // namespace

// Fills a page with rows of one kind after the other.
class StoreView::PageFiller {
  public:
    explicit PageFiller(const TableDirectory& tables) : tables_(tables) {}

    Result<Visit> add(char kind, const Row& row) {
        if (bytes_ >= kPageBytesMax || page_.items.size() >= kPageItemsMax) {
            page_.next = kind + std::string(row.key);
            return Visit::kStop;
        }
        const auto table = table_of(tables_, row.key);
        if (!table) {
            return std::unexpected(table.error());
        }
        if (!(*table)->is_live()) {
            return Visit::kGoOn;
        }
        auto key = item_key(**table, row.key);
        if (!key) {
            return std::unexpected(std::move(key).error());
        }
        bytes_ += row.key.size() + row.encoded.size();
        if (row.damaged) {
            page_.damaged.push_back({(*table)->schema.name, *std::move(key)});
            return Visit::kGoOn;
        }
        VersionedItem item{(*table)->schema.name, *std::move(key), {{}, row.version}};
        if (kind == kItemsPosition) {
            auto image = item::decode(row.encoded);
            if (!image) {
                return std::unexpected(std::move(image).error());
            }
            item.state.image = *std::move(image);
        }
        name_table((*table)->schema);
        page_.items.push_back(std::move(item));
        return Visit::kGoOn;
    }
    [[nodiscard]] bool full() const { return page_.next.has_value(); }
    [[nodiscard]] ViewPage take() && { return std::move(page_); }

  private:
    void name_table(const TableSchema& schema) {
        if (std::ranges::find(page_.tables, schema.name, &TableSchema::name) ==
            page_.tables.end()) {
            page_.tables.push_back(schema);
        }
    }

    const TableDirectory& tables_;
    std::size_t bytes_ = 0;
    ViewPage page_;
};

Result<ViewPage> StoreView::page(std::string_view position) const {
    PageFiller filler(tables_);
    const char first = position.empty() ? kItemsPosition : position.front();
    if (first != kItemsPosition && first != kDeletesPosition) {
        return fail(ErrorCode::kInvalidInput, "No page of this store ends at that position");
    }
    RowRange range{std::string(position.empty() ? position : position.substr(1)), kAfterAllRows};
    if (first == kItemsPosition) {
        auto visited = visit(Rows::kItems, range,
                             [&](const Row& row) { return filler.add(kItemsPosition, row); });
        if (!visited) {
            return std::unexpected(std::move(visited).error());
        }
        range.low.clear();
    }
    if (!filler.full()) {
        auto visited = visit(Rows::kDeletes, range,
                             [&](const Row& row) { return filler.add(kDeletesPosition, row); });
        if (!visited) {
            return std::unexpected(std::move(visited).error());
        }
    }
    return std::move(filler).take();
}

Result<ContentHash> StoreView::table_hash(std::string_view table) const {
    const auto ranges = range_hashes(table, "");
    if (!ranges) {
        return std::unexpected(ranges.error());
    }
    ContentHash hash;
    for (const auto& range : *ranges) {
        hash += range.content;
    }
    return hash;
}

Result<std::vector<RangeHash>> StoreView::range_hashes(std::string_view table,
                                                       std::string_view prefix) const {
    std::vector<RangeHash> ranges;
    const auto found = tables_.find(table);
    if (!found) {
        return ranges;
    }
    const auto visited =
        visit(Rows::kItems, rows_under(**found, prefix), [&](const Row& row) -> Result<Visit> {
            const auto hash = hash_of_row(row.key, row.encoded, row.version.stamp);
            if (!hash) {
                return std::unexpected(hash.error());
            }
            const auto under = without_table(row.key).substr(0, prefix.size() + 1);
            if (ranges.empty() || ranges.back().prefix != under) {
                ranges.push_back({std::string(under), {}});
            }
            ranges.back().content += *hash;
            return Visit::kGoOn;
        });
    if (!visited) {
        return std::unexpected(visited.error());
    }
    return ranges;
}

Result<ItemHashPage> StoreView::item_hashes(std::string_view table, std::string_view prefix,
                                            std::string_view position, std::size_t count) const {
    ItemHashPage page;
    const auto found = tables_.find(table);
    if (!found) {
        return page;
    }
    auto range = rows_under(**found, prefix);
    range.low = std::max(range.low, rows_under(**found, position).low);
    const auto visited = visit(Rows::kItems, range, [&](const Row& row) -> Result<Visit> {
        if (page.items.size() == count) {
            page.next = without_table(row.key);
            return Visit::kStop;
        }
        auto key = item_key(**found, row.key);
        if (!key) {
            return std::unexpected(std::move(key).error());
        }
        const auto hash = hash_of_row(row.key, row.encoded, row.version.stamp);
        if (!hash) {
            return std::unexpected(hash.error());
        }
        page.items.push_back({*std::move(key), row.version.stamp, *hash, row.damaged});
        return Visit::kGoOn;
    });
    if (!visited) {
        return std::unexpected(visited.error());
    }
    return page;
}

}  // namespace meridian::store
