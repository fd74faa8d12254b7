// Reads from tables just what one call's decision needs.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/complaint_log.h"
#include "catalog/domain.h"
#include "routing/decision.h"
#include "routing/snapshot.h"
#include "store/table_store.h"

namespace meridian::catalog {

// Role: one batch read of every prefix of the number in the call's region, one query for the number
// in other regions where that finds nothing, one read of the business hours. Threads: any. `store`
// and `complaints` must outlive it.
class RuleReader {
  public:
    RuleReader(const store::TableStore& store, ComplaintLog& complaints)
        : store_(store), complaints_(complaints) {}

    // Rules and hours of the call, as a snapshot that holds nothing else. Errors: the store's.
    [[nodiscard]] Result<routing::Snapshot> read(const routing::Call& call) const;

  private:
    [[nodiscard]] Result<std::vector<item::Item>> prefix_items(const routing::Call& call) const;
    [[nodiscard]] Result<std::vector<item::Item>> other_regions(const routing::Call& call) const;
    [[nodiscard]] Result<void> add_schedules(const std::set<std::string>& ids,
                                             std::vector<routing::Edit>& edits,
                                             Complaints& complaints) const;

    const store::TableStore& store_;
    ComplaintLog& complaints_;
};

}  // namespace meridian::catalog
