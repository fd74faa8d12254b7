// What the service says of a table: DescribeTable, read.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/dynamodb/link.h"
#include "store/table_store.h"

namespace meridian::store::dynamodb {

inline constexpr std::string_view kDeleting = "DELETING";

struct IndexShape {
    IndexSchema schema;
    std::string status;
    bool backfilling = false;
    Extent extent;
};

struct TableShape {
    TableSchema schema;  // its name is ours
    std::string status;  // "ACTIVE", "CREATING", …
    std::vector<item::KeyAttribute> attributes;
    std::vector<IndexShape> indexes;  // global ones
    Extent extent;
    std::optional<ProvisionedUnits> provisioned;

    // Null: it has none of that name, or is dropping it.
    [[nodiscard]] const IndexShape* index(std::string_view name) const;
    [[nodiscard]] bool is_dropping(std::string_view index) const;
};

// kTableNotFound; kUnavailable: an answer that is none.
[[nodiscard]] Result<TableShape> describe(const Link& link, std::string_view table);

// What is known of tables, so that not every query asks. Ownership: the link must outlive it.
// Threads: any.
class Shapes {
  public:
    using Ptr = std::shared_ptr<const TableShape>;

    explicit Shapes(const Link& link);

    [[nodiscard]] Result<Ptr> known(std::string_view table) const;
    // Null: the service would have to be asked.
    [[nodiscard]] Ptr at_hand(std::string_view table) const;
    [[nodiscard]] Result<Ptr> fresh(std::string_view table) const;
    // It may be another one now.
    void forget(std::string_view table) const;

  private:
    const Link& link_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, Ptr, std::less<>> known_;
};

}  // namespace meridian::store::dynamodb
