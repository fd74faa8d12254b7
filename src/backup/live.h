// A running region's tables, made again as they were: only what differs is written, as ordinary
// writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/tally.h"
#include "base/result.h"
#include "item/key.h"
#include "store/table_store.h"

namespace meridian::backup {

// An item that is not as it was.
struct Difference {
    item::Key key;
    std::optional<item::Item> then;  // nothing: there was none
    std::optional<item::Item> now;   // nothing: there is none
};

// What a restore does with a table.
enum class TableRule : std::uint8_t {
    kWhole,    // afterwards it is as it was
    kAddOnly,  // what is missing is added, nothing else changes
    kLeave,    // nothing, unless it is asked for by name
};

// Role: port; how a region's tables are written. Threads: one.
class LiveTables {
  public:
    virtual ~LiveTables() = default;

    [[nodiscard]] virtual TableRule rule(std::string_view table) const = 0;
    // Whether nothing needs to be written for one to stand for the other.
    [[nodiscard]] virtual bool same(std::string_view table, const item::Item& a,
                                    const item::Item& b) const = 0;
    // Makes them as they were. kOverloaded is for the implementation to wait out.
    [[nodiscard]] virtual Result<void> write(const std::string& table,
                                             std::vector<Difference> differences) = 0;
};

struct TableCounts {
    std::string table;
    std::uint64_t added = 0;
    std::uint64_t changed = 0;
    std::uint64_t deleted = 0;
    std::uint64_t same = 0;
};

struct LiveRestore {
    std::vector<std::string> tables = {};  // empty: all that aren't left
    bool dry_run = false;                  // only counts
};

// Makes `now` as `then` is, tables that are only added to first. Tables that `then` doesn't have
// are left. May be done again, and goes on where it was. kTableNotFound, kTableExists (as another
// key), the tables' own; then it is done in part.
[[nodiscard]] Result<std::vector<TableCounts>> restore_live(const store::TableStore& then,
                                                            store::TableStore& now,
                                                            LiveTables& tables,
                                                            const LiveRestore& what, Tally& tally);

// Puts items into a table of a running region, those that are there already as such left as they
// are; of two with one key the later one counts. kTableNotFound; kInvalidInput, an item lacks the
// key; the tables' own.
[[nodiscard]] Result<TableCounts> put_items(store::TableStore& now, LiveTables& tables,
                                            const std::string& table, std::vector<item::Item> items,
                                            bool dry_run);

}  // namespace meridian::backup
