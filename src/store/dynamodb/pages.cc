#include "store/dynamodb/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "expression/key_condition.h"
#include "expression/paths.h"
#include "expression/render.h"
#include "store/dynamodb/page_start.h"
#include "store/dynamodb/point_reads.h"
#include "store/dynamodb/request.h"

namespace meridian::store::dynamodb {
namespace {

constexpr std::size_t kLimitMax = std::numeric_limits<std::int32_t>::max();

// What is read: a table, or an index of it.
struct Target {
    Shapes::Ptr table;
    const IndexSchema* index = nullptr;

    [[nodiscard]] const item::KeySchema& key() const {
        return index == nullptr ? table->schema.key : index->key;
    }
    // Whether the index shows less than was asked for.
    [[nodiscard]] bool needs_items(bool whole_items) const {
        return whole_items && index != nullptr && index->projected != Projected::kAll;
    }
};

Result<Target> target_of(const Shapes& shapes, const std::string& table, const std::string& index) {
    auto known = shapes.known(table);
    if (known && !index.empty() && (*known)->index(index) == nullptr) {
        known = shapes.fresh(table);
    }
    if (!known) {
        return std::unexpected(std::move(known).error());
    }
    Target target{*std::move(known)};
    if (!index.empty()) {
        const auto* found = target.table->index(index);
        if (found == nullptr) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("The table does not have the specified index: {}", index));
        }
        target.index = &found->schema;
    }
    return target;
}

expression::KeyCondition::Op op_of(SortCondition::Op op) {
    using From = SortCondition::Op;
    using To = expression::KeyCondition::Op;
    switch (op) {
        case From::kEqual:
            return To::kEqual;
        case From::kLess:
            return To::kLess;
        case From::kLessOrEqual:
            return To::kLessOrEqual;
        case From::kGreater:
            return To::kGreater;
        case From::kGreaterOrEqual:
            return To::kGreaterOrEqual;
        case From::kBetween:
            return To::kBetween;
        case From::kBeginsWith:
            return To::kBeginsWith;
    }
    return To::kNotIndexable;
}

Result<expression::KeyConditions> key_conditions(const Target& target, const Query& query) {
    using Op = expression::KeyCondition::Op;
    const auto& key = target.key();
    expression::KeyConditions conditions;
    conditions.push_back({key.partition.name, Op::kEqual, query.partition});
    if (!query.sort) {
        return conditions;
    }
    if (!key.sort) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} {} has no sort key to compare",
                                target.index == nullptr ? "Table" : "Index",
                                target.index == nullptr ? query.table : target.index->name));
    }
    conditions.push_back(
        {key.sort->name, op_of(query.sort->op), query.sort->first, query.sort->second});
    return conditions;
}

// Members that a query and a scan have in common. `Read`: Query or Scan.
template <typename Read>
void begin(const Link& link, const Read& read, Request& request) {
    request.text("TableName", link.remote(read.table));
    if (!read.index.empty()) {
        request.text("IndexName", read.index);
    } else if (link.options().consistent_reads) {
        request.flag("ConsistentRead", true);
    }
    if (read.limit > 0) {
        request.number("Limit", std::min(read.limit, kLimitMax));
    }
}

Result<Page> page_of(const Answer& answer) {
    Page page;
    auto items = answer.items("Items");
    const auto examined = answer.count("ScannedCount");
    auto last = answer.item("LastEvaluatedKey");
    if (!items || !examined || !last) {
        return std::unexpected(!items      ? std::move(items).error()
                               : !examined ? examined.error()
                                           : std::move(last).error());
    }
    page.items = *std::move(items);
    page.examined = *examined;
    page.last_key = *std::move(last);
    for (const auto& item : page.items) {
        page.bytes += item::size_bytes(item);
    }
    return page;
}

Result<void> leave_out(const expression::Condition& filter, Page& page) {
    std::vector<item::Item> kept;
    for (auto& item : page.items) {
        const auto holds = expression::evaluate(filter, &item);
        if (!holds) {
            return std::unexpected(holds.error());
        }
        if (*holds) {
            kept.push_back(std::move(item));
        }
    }
    page.items = std::move(kept);
    return {};
}

// The items whose entries came, as the table has them.
Result<void> complete(const Link& link, const Target& target, Page& page) {
    const auto& schema = target.table->schema;
    std::vector<ItemRef> refs;
    for (const auto& entry : page.items) {
        auto key = item::key_of(schema.key, entry);
        if (!key) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("DynamoDB: index {} of {} shows an item without its key",
                                    target.index->name, schema.name));
        }
        refs.push_back({schema.name, *std::move(key)});
    }
    auto items = get_many(link, refs);
    if (!items) {
        return std::unexpected(std::move(items).error());
    }
    page.items.clear();
    page.bytes = 0;
    for (auto& item : *items) {
        if (item) {
            page.bytes += item::size_bytes(*item);
            page.items.push_back(*std::move(item));
        }
    }
    return {};
}

// Asks, and does here what the service can't.
template <typename Read>
Result<Page> read_page(const Link& link, std::string_view operation, const Target& target,
                       const Read& read, Request request, bool filters) {
    const auto answer = link.read(operation, std::move(request).take(), read.table);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    auto page = page_of(*answer);
    if (page && target.needs_items(read.whole_items)) {
        if (auto completed = complete(link, target, *page); !completed) {
            return std::unexpected(std::move(completed).error());
        }
    }
    if (page && filters) {
        if (auto filtered = leave_out(*read.filter, *page); !filtered) {
            return std::unexpected(std::move(filtered).error());
        }
    }
    return page;
}

// Whether the index shows what the filter looks at.
bool shows(const Target& target, const expression::Condition& filter) {
    if (target.index == nullptr || target.index->projected == Projected::kAll) {
        return true;
    }
    const auto is_of = [](const item::KeySchema& key, std::string_view name) {
        return key.partition.name == name || (key.sort && key.sort->name == name);
    };
    return std::ranges::all_of(expression::paths_of(filter), [&](const expression::Path* path) {
        const auto* name =
            path->steps.empty() ? nullptr : std::get_if<std::string>(&path->steps.front());
        return name != nullptr &&
               (is_of(target.key(), *name) || is_of(target.table->schema.key, *name) ||
                std::ranges::count(target.index->include, *name) > 0);
    });
}

// Whether this store has to filter, because the service won't: by what the index doesn't show, and
// in a query by the key. kInvalidInput: the filter means nothing.
template <typename Read>
Result<bool> filters_here(const Target& target, const Read& read) {
    if (!read.filter) {
        return false;
    }
    if (auto valid = expression::validate(*read.filter); !valid) {
        return std::unexpected(std::move(valid).error());
    }
    return target.needs_items(read.whole_items) || !shows(target, *read.filter) ||
           (std::is_same_v<Read, Query> &&
            !expression::check_filter(*read.filter, target.key(), ""));
}

Result<Page> query_target(const Link& link, const Target& target, const Query& query) {
    const auto conditions = key_conditions(target, query);
    const auto here = filters_here(target, query);
    if (!conditions || !here) {
        return std::unexpected(!conditions ? conditions.error() : here.error());
    }
    Request request;
    begin(link, query, request);
    const auto start = page_start(target.key(), query);
    if (query.start_after && start == PageStart::kWithin) {
        request.attributes("ExclusiveStartKey", *query.start_after);
    }
    expression::Renderer renderer;
    request.expression("KeyConditionExpression", renderer.render(*conditions));
    if (query.filter && !*here) {
        request.expression("FilterExpression", renderer.render(*query.filter));
    }
    request.placeholders(renderer).flag("ScanIndexForward", query.forward);
    return start == PageStart::kBehind
               ? Page{}
               : read_page(link, "Query", target, query, std::move(request), *here);
}

}  // namespace

Result<Page> query(const Link& link, const Shapes& shapes, const Query& query) {
    const auto target = target_of(shapes, query.table, query.index);
    if (!target) {
        return std::unexpected(target.error());
    }
    auto page = query_target(link, *target, query);
    if (page || (page.error().code != ErrorCode::kInvalidInput &&
                 page.error().code != ErrorCode::kTableNotFound)) {
        return page;
    }
    // Perhaps it is not what was known any more.
    const auto fresh = shapes.fresh(query.table);
    if (!fresh) {
        return fresh.error().code == ErrorCode::kTableNotFound ? std::unexpected(fresh.error())
                                                               : page;
    }
    const auto again = target_of(shapes, query.table, query.index);
    if (!again) {
        return std::unexpected(again.error());
    }
    return again->key() == target->key() ? page : query_target(link, *again, query);
}

Result<Page> scan(const Link& link, const Shapes& shapes, const Scan& scan) {
    Target target;
    if (!scan.index.empty()) {
        auto found = target_of(shapes, scan.table, scan.index);
        if (!found) {
            return std::unexpected(std::move(found).error());
        }
        target = *std::move(found);
    }
    Request request;
    begin(link, scan, request);
    if (scan.segments != 1 || scan.segment != 0) {
        request.number("TotalSegments", scan.segments).number("Segment", scan.segment);
    }
    if (scan.start_after) {
        request.attributes("ExclusiveStartKey", *scan.start_after);
    }
    const auto here = filters_here(target, scan);
    if (!here) {
        return std::unexpected(here.error());
    }
    expression::Renderer renderer;
    if (scan.filter && !*here) {
        request.expression("FilterExpression", renderer.render(*scan.filter));
    }
    request.placeholders(renderer);
    return read_page(link, "Scan", target, scan, std::move(request), *here);
}

}  // namespace meridian::store::dynamodb
