// A store as of one moment: to copy it page by page into another region, and to compare it with
// another region's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/key.h"
#include "store/content_hash.h"
#include "store/row_key.h"
#include "store/table_directory.h"
#include "store/table_store.h"
#include "store/version.h"

namespace meridian::store {

struct VersionedItem {
    std::string table;
    item::Key key;
    VersionedImage state;  // has a version; without an image it was deleted
};

struct ViewPage {
    std::vector<TableSchema> tables;  // of the items
    std::vector<VersionedItem> items;
    std::optional<std::string> next;    // the position after; nothing at the end
    std::vector<ItemRef> damaged = {};  // left out: their bytes are not what was stored
};

// The items of a table whose rows start with `prefix`.
struct RangeHash {
    std::string prefix;
    ContentHash content;
};

struct ItemHash {
    item::Key key;
    Stamp stamp;
    ContentHash content;
    bool damaged = false;  // its bytes are not what was stored; the stamp is empty
};

struct ItemHashPage {
    std::vector<ItemHash> items;
    std::optional<std::string> next;
};

// Hashes are of keys, images and stamps: the same in all regions that have the same items, whatever
// order they were written in. Deletes don't count. A prefix is of a row without its table
// (row_key.h): two bytes of a hash of the partition, then the key. So the way down to an item that
// differs is: the table, its range under "", under one byte, the items under two.
//
// Threads: one at a time. Errors: kUnavailable, the view is no longer kept; kCorruption, kIo.
class StoreView {
  public:
    StoreView(const TableDirectory& tables, SequenceNumber sequence)
        : tables_(tables), sequence_(sequence) {}
    virtual ~StoreView() = default;
    StoreView(const StoreView&) = delete;
    StoreView& operator=(const StoreView&) = delete;

    // The newest change that is in it.
    [[nodiscard]] SequenceNumber sequence() const { return sequence_; }

    // All items of all tables, then all deletes, in pages of about 1 MB: from a page's `next` on,
    // "" from the first. A position stays good in later views of the same store: pages of two views
    // together hold everything up to the older one's sequence.
    [[nodiscard]] Result<ViewPage> page(std::string_view position) const;

    // Not an error: the table does not exist. It is like an empty one.
    [[nodiscard]] Result<ContentHash> table_hash(std::string_view table) const;
    // One for each byte that follows the prefix in some row.
    [[nodiscard]] Result<std::vector<RangeHash>> range_hashes(std::string_view table,
                                                              std::string_view prefix) const;
    // Up to `count` items under the prefix, in the order of their rows; `position` as in page().
    [[nodiscard]] Result<ItemHashPage> item_hashes(std::string_view table, std::string_view prefix,
                                                   std::string_view position,
                                                   std::size_t count) const;

  protected:
    enum class Rows : std::uint8_t { kItems, kDeletes };
    struct Row {
        std::string_view key;      // row_key.h
        std::string_view encoded;  // item::encode's; of a damaged row whatever is stored
        Version version;
        bool damaged = false;
    };
    enum class Visit : std::uint8_t { kGoOn, kStop };
    using Visitor = std::function<Result<Visit>(const Row& row)>;

    // Shows the rows of a range, in order.
    [[nodiscard]] virtual Result<void> visit(Rows rows, const RowRange& range,
                                             const Visitor& visitor) const = 0;

  private:
    class PageFiller;

    const TableDirectory& tables_;
    const SequenceNumber sequence_;
};

}  // namespace meridian::store
