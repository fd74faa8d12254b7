#include "catalog/rule_reader.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "catalog/tables.h"

namespace meridian::catalog {
namespace {

// BatchGetItem takes 100 keys; a number longer than that is read in several batches.
constexpr std::size_t kBatchMax = 100;

store::ItemRef rule_ref(std::string_view number, std::string_view region) {
    return {std::string(kRoutingTable), {{"phoneNumber", number}, {"region", region}}};
}

}  // namespace

Result<routing::Snapshot> RuleReader::read(const routing::Call& call) const {
    auto items = prefix_items(call);
    if (items && items->empty()) {
        items = other_regions(call);
    }
    if (!items) {
        return std::unexpected(items.error());
    }
    Complaints complaints;
    std::vector<routing::Edit> edits;
    std::set<std::string> hours;  // the rules of several regions may share one
    for (const auto& item : *items) {
        auto rule = rule_of(item, complaints);
        if (rule && !rule->business_hours_id.empty()) {
            hours.insert(rule->business_hours_id);
        }
        if (rule) {
            edits.emplace_back(routing::PutRule{std::move(*rule)});
        }
    }
    if (auto read = add_schedules(hours, edits, complaints); !read) {
        return std::unexpected(read.error());
    }
    complaints_.add(complaints);
    return routing::Snapshot().with(edits);
}

// The rule of the call's region whose number is the longest prefix; at most one item.
Result<std::vector<item::Item>> RuleReader::prefix_items(const routing::Call& call) const {
    for (std::size_t longest = call.number.size(); longest > 0;) {
        std::vector<store::ItemRef> refs;
        for (; longest > 0 && refs.size() < kBatchMax; --longest) {
            refs.push_back(rule_ref(call.number.substr(0, longest), call.region));
        }
        auto found = store_.get_many(refs);
        if (!found) {
            return std::unexpected(found.error());
        }
        for (auto& item : *found) {
            if (item) {
                return std::vector{std::move(*item)};
            }
        }
    }
    return std::vector<item::Item>{};
}

Result<std::vector<item::Item>> RuleReader::other_regions(const routing::Call& call) const {
    store::Query query;
    query.table = kRoutingTable;
    query.partition = call.number;
    std::vector<item::Item> items;
    do {
        auto page = store_.query(query);
        if (!page) {
            return std::unexpected(page.error());
        }
        std::ranges::move(page->items, std::back_inserter(items));
        query.start_after = std::move(page->last_key);
    } while (query.start_after);
    return items;
}

Result<void> RuleReader::add_schedules(const std::set<std::string>& ids,
                                       std::vector<routing::Edit>& edits,
                                       Complaints& complaints) const {
    if (ids.empty()) {
        return {};
    }
    std::vector<store::ItemRef> refs;
    for (const auto& id : ids) {
        refs.push_back({std::string(kHoursTable), {{"regionId", id}}});
    }
    auto found = store_.get_many(refs);
    if (!found) {
        // Without a table of hours all are unknown, which means open: better than no rule.
        return found.error().code == ErrorCode::kTableNotFound ? Result<void>{}
                                                               : std::unexpected(found.error());
    }
    for (const auto& item : *found) {
        if (auto schedule = item ? schedule_of(*item, complaints) : nullptr) {
            edits.emplace_back(routing::PutSchedule{std::move(schedule)});
        }
    }
    return {};
}

}  // namespace meridian::catalog
