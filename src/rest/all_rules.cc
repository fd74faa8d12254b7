#include "rest/all_rules.h"

#include <string>
#include <utility>
#include <vector>

#include "catalog/domain.h"
#include "catalog/tables.h"
#include "store/table_store.h"

namespace meridian::rest {
namespace {

// Adds to `edits` what `edit_of` makes of each item of a table.
template <typename EditOf>
Result<void> read_table(const store::TableStore& store, std::string_view table, EditOf edit_of) {
    store::Scan scan;
    scan.table = table;
    do {
        auto page = store.scan(scan);
        if (!page) {
            return std::unexpected(std::move(page.error()));
        }
        for (const auto& item : page->items) {
            edit_of(item);
        }
        scan.start_after = std::move(page->last_key);
    } while (scan.start_after);
    return {};
}

}  // namespace

Result<routing::Snapshot> all_rules(const ManagementParts& parts) {
    if (parts.snapshot) {
        return parts.snapshot();
    }
    catalog::Complaints complaints;
    std::vector<routing::Edit> edits;
    auto read = read_table(parts.store, catalog::kRoutingTable, [&](const item::Item& item) {
        if (auto rule = catalog::rule_of(item, complaints)) {
            edits.emplace_back(routing::PutRule{*std::move(rule)});
        }
    });
    if (read) {
        read = read_table(parts.store, catalog::kHoursTable, [&](const item::Item& item) {
            if (auto schedule = catalog::schedule_of(item, complaints)) {
                edits.emplace_back(routing::PutSchedule{std::move(schedule)});
            }
        });
    }
    if (!read) {
        return std::unexpected(std::move(read.error()));
    }
    return routing::Snapshot().with(edits);
}

}  // namespace meridian::rest
