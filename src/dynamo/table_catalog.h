// Which tables a region's clients see, and what they are.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/failure.h"
#include "dynamo/table_description.h"
#include "store/replica_store.h"

namespace meridian::dynamo {

// System tables of the store; '@' is in no client's table name.
inline constexpr std::string_view kTablesTable = "@tables";    // id: TableDescription
inline constexpr std::string_view kStreamsTable = "@streams";  // where each region's streams start
inline constexpr std::string_view kTokensTable = "@tokens";    // ClientRequestTokens that were used

using TablePtr = std::shared_ptr<const TableDescription>;

// Role: follows the system table kTablesTable, whichever region wrote it, and makes the store have
// what it says: tables, indexes, and no tables that were deleted. Ownership: store, clock and
// random must outlive it, and it them no longer than the store's observers do. Threads: any; find()
// and list() never wait for anybody.
class TableCatalog {
  public:
    struct Options {
        std::string region;
        std::vector<store::TableSchema> own;  // Meridian's own tables: there from the start
    };
    [[nodiscard]] static Result<std::unique_ptr<TableCatalog>> open(Options options,
                                                                    store::ReplicaStore& store,
                                                                    const Clock& clock,
                                                                    Random& random);
    virtual ~TableCatalog() = default;

    // The table that clients of this region see under that name or ARN; null: none.
    [[nodiscard]] virtual TablePtr find(std::string_view name_or_arn) const = 0;
    // All of this region, by name.
    [[nodiscard]] virtual std::vector<TablePtr> list() const = 0;
    // Also those of other regions, and deleted ones.
    [[nodiscard]] virtual std::vector<TablePtr> everywhere() const = 0;

    // Writes the description durably, and returns once this region's store and find() are as it
    // says. `change` gets what stands now and may refuse; one change at a time.
    using Change = std::function<Outcome<TableDescription>(const TablePtr& now)>;
    [[nodiscard]] virtual Outcome<TablePtr> change(std::string_view name, const Change& change) = 0;
};

// The table, when its clients may use its items: not while it is being filled. Null: not now.
[[nodiscard]] TablePtr find_for_items(const TableCatalog& tables, std::string_view name_or_arn);

}  // namespace meridian::dynamo
