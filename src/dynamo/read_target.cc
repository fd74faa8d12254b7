// Sources of the texts: the tests of dynamodb-conformance, moto (those verified against AWS),
// dynalite and scylladb's alternator, all of which ran against the service. Where they differ, the
// newest counts.
#include "dynamo/read_target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "expression/paths.h"

namespace meridian::dynamo {
namespace {

// What is told as if the parameters' constraints said it.
std::unexpected<Failure> detected(std::string_view message) {
    return validation(fmt::format("1 validation error detected: {}", message));
}

std::unexpected<Failure> invalid_value(std::string_view message) {
    return validation(fmt::format("One or more parameter values were invalid: {}", message));
}

bool is_key(const item::KeySchema& key, std::string_view attribute) {
    return key.partition.name == attribute || (key.sort && key.sort->name == attribute);
}

// The attributes that paths start with and that the target doesn't hold, each once.
std::vector<std::string_view> not_held(std::span<const expression::Path* const> paths,
                                       const ReadTarget& target) {
    std::vector<std::string_view> missing;
    for (const auto* path : paths) {
        const std::string_view attribute = std::get<std::string>(path->steps.front());
        if (!target.holds(attribute) && std::ranges::find(missing, attribute) == missing.end()) {
            missing.push_back(attribute);
        }
    }
    return missing;
}

// As the service names it when it stands beside a projection.
std::string_view shown(Select select) {
    switch (select) {
        case Select::kAllAttributes:
            return "ALL_ATTRIBUTES";
        case Select::kProjectedAttributes:
            return "ALL_PROJECTED_ATTRIBUTES";
        case Select::kCount:
            return "only the Count";
        case Select::kSpecific:
            break;
    }
    return "SPECIFIC_ATTRIBUTES";
}

Select parsed(std::string_view select) {
    return select == "ALL_ATTRIBUTES"             ? Select::kAllAttributes
           : select == "ALL_PROJECTED_ATTRIBUTES" ? Select::kProjectedAttributes
           : select == "COUNT"                    ? Select::kCount
                                                  : Select::kSpecific;
}

}  // namespace

const item::KeySchema& ReadTarget::key() const {
    return index != nullptr ? index->schema.key : table->key;
}

bool ReadTarget::is_global() const {
    return index != nullptr && index->kind == IndexKind::kGlobal;
}

bool ReadTarget::holds_all() const {
    return index == nullptr || index->schema.projected == store::Projected::kAll;
}

bool ReadTarget::holds(std::string_view attribute) const {
    return holds_all() || is_key(table->key, attribute) || is_key(index->schema.key, attribute) ||
           (index->schema.projected == store::Projected::kInclude &&
            std::ranges::find(index->schema.include, attribute) != index->schema.include.end());
}

Outcome<ReadTarget> read_target(const TableCatalog& tables, std::string_view table_name_or_arn,
                                std::optional<std::string_view> index, bool consistent) {
    ReadTarget target{.table = find_for_items(tables, table_name_or_arn)};
    if (!target.table) {
        return resource_not_found();
    }
    if (!index) {
        return target;
    }
    target.index = target.table->index(*index);
    if (target.index == nullptr) {
        return validation(fmt::format("The table does not have the specified index: {}", *index));
    }
    if (consistent && target.is_global()) {
        return validation("Consistent reads are not supported on global secondary indexes");
    }
    return target;
}

Outcome<Select> select_of(const SelectParameters& parameters) {
    const auto& projection = parameters.projection_parameter;
    if (!parameters.select) {
        return projection            ? Select::kSpecific
               : parameters.of_index ? Select::kProjectedAttributes
                                     : Select::kAllAttributes;
    }
    const auto select = parsed(*parameters.select);
    if (projection && select != Select::kSpecific) {
        return detected(fmt::format("Cannot specify the {} when choosing to get {}", *projection,
                                    shown(select)));
    }
    if (!projection && select == Select::kSpecific) {
        return detected(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES");
    }
    if (select == Select::kProjectedAttributes && !parameters.of_index) {
        return detected(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    }
    return select;
}

Outcome<void> check_select(Select select, const ReadTarget& target) {
    if (select != Select::kAllAttributes || !target.is_global() || target.holds_all()) {
        return {};
    }
    return invalid_value(
        fmt::format("Select type ALL_ATTRIBUTES is not supported for global secondary index {} "
                    "because its projection type is not ALL",
                    target.index->schema.name));
}

Outcome<void> check_projection(const expression::Projection& projection, const ReadTarget& target) {
    if (!target.is_global()) {
        return {};
    }
    const auto missing = not_held(expression::paths_of(projection), target);
    return missing.empty()
               ? Outcome<void>{}
               : invalid_value(fmt::format("Global secondary index {} does not project [{}]",
                                           target.index->schema.name, fmt::join(missing, ", ")));
}

Outcome<void> check_filter_held(const expression::Condition& filter, const ReadTarget& target) {
    const auto missing = not_held(expression::paths_of(filter), target);
    if (missing.empty()) {
        return {};
    }
    return invalid_value(
        fmt::format("Secondary index {} does not project one or more filter attributes: [{}]",
                    target.index->schema.name, fmt::join(missing, ", ")));
}

bool needs_whole_items(Select select, const std::optional<expression::Projection>& projection,
                       const ReadTarget& target) {
    if (target.holds_all()) {
        return false;
    }
    return select == Select::kAllAttributes ||
           (projection && !not_held(expression::paths_of(*projection), target).empty());
}

}  // namespace meridian::dynamo
