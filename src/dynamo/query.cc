// Source of the order in which faults are told: the tests of dynalite, which ran against the
// service; of the texts: those of dynamodb-conformance too.
#include "dynamo/query.h"

#include <array>
#include <optional>
#include <utility>

#include "dynamo/expressions.h"
#include "dynamo/parameters.h"
#include "dynamo/reading_page.h"
#include "dynamo/start_key.h"
#include "expression/key_condition.h"
#include "expression/parse.h"
#include "expression/paths.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 4> kSelects{"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                                   "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelect = one_of(kSelects);
constexpr Shape kLimit = integer();
constexpr std::array kMembers{
    Member{"Select", &kSelect},
    Member{"IndexName", &kNewName},
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    Member{"QueryFilter", &kConditions},
    kTableNameMember,
    Member{"ConditionalOperator", &kConditionalOperator, Need::kOptional, Alone::kBare},
    Member{"AttributesToGet", &kAttributesToGet},
    Member{"Limit", &kLimit},
    Member{"ConsistentRead", &kFlag},
    Member{"ScanIndexForward", &kFlag},
    Member{"ExclusiveStartKey", &kAttributeMap},
    Member{"ProjectionExpression", &kText},
    Member{"FilterExpression", &kText},
    Member{"KeyConditionExpression", &kText},
    Member{"ExpressionAttributeNames", &kNames},
    Member{"ExpressionAttributeValues", &kAttributeMap},
    Member{"KeyConditions", &kConditions},
};

constexpr std::array<std::string_view, 3> kExpressions{"ProjectionExpression", "FilterExpression",
                                                       "KeyConditionExpression"};
constexpr std::array<std::string_view, 4> kOlder{"AttributesToGet", "QueryFilter",
                                                 "ConditionalOperator", "KeyConditions"};

// What a request says, apart from the table.
struct Asked {
    Reading reading;
    expression::KeyConditions conditions;
};

// `return failed(checked);` with whatever another Outcome has to say.
template <typename T>
std::unexpected<Failure> failed(T& outcome) {
    return std::unexpected(std::move(outcome.error()));
}

// What a key condition may hold is looked at when all texts have been read.
Outcome<expression::KeyConditions> read_conditions(const json::object& parameters,
                                                   Reading& reading) {
    auto placeholders = placeholders_of(parameters);
    if (!placeholders) {
        return failed(placeholders);
    }
    std::optional<expression::Condition> condition;
    if (const auto text = text_of(parameters, "KeyConditionExpression")) {
        auto parsed = expression::parse_condition(*text, expression::ConditionText::kKeyCondition,
                                                  *placeholders);
        if (!parsed) {
            return passed_on(std::move(parsed.error()));
        }
        condition = *std::move(parsed);
    }
    if (auto read = read_expressions(parameters, *placeholders, reading); !read) {
        return failed(read);
    }
    if (auto checked = check_used(*placeholders); !checked) {
        return failed(checked);
    }
    if (condition) {
        auto conditions = expression::key_conditions_of(*condition);
        return conditions ? Outcome<expression::KeyConditions>(*std::move(conditions))
                          : passed_on(std::move(conditions.error()));
    }
    auto older = key_conditions_of(parameters, *placeholders);
    return older ? Outcome<expression::KeyConditions>(std::move(**older)) : failed(older);
}

Outcome<Asked> read(const json::object& parameters) {
    Asked asked;
    auto& reading = asked.reading;
    auto checked = check_usage(parameters, kExpressions, kOlder);
    checked = checked ? check_at_least(parameters, "Limit", 1) : checked;
    checked = checked ? read_legacy_filter(parameters, "QueryFilter", reading) : checked;
    checked = checked ? read_legacy_projection(parameters, reading) : checked;
    checked = checked ? read_start_key(parameters, reading) : checked;
    checked = checked ? read_options(parameters, reading) : checked;
    if (!checked) {
        return failed(checked);
    }
    if (!has(parameters, "KeyConditionExpression") && !has(parameters, "KeyConditions")) {
        return validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request.");
    }
    auto conditions = read_conditions(parameters, reading);
    if (!conditions) {
        return failed(conditions);
    }
    asked.conditions = *std::move(conditions);
    return asked;
}

Outcome<void> check_filter(const Reading& reading, std::string_view parameter) {
    if (!reading.filter) {
        return {};
    }
    auto checked = expression::check_filter(*reading.filter, reading.target.key(), parameter);
    return checked ? Outcome<void>{} : passed_on(std::move(checked.error()));
}

// What the table has to say.
Outcome<void> check(const Reading& reading, std::string_view filter_parameter) {
    auto checked = check_projection_paths(reading);
    checked = checked ? check_filter(reading, filter_parameter) : checked;
    checked = checked ? check_select(reading.select, reading.target) : checked;
    checked = checked ? check_filter_paths(reading) : checked;
    if (checked && reading.filter) {
        checked = check_filter_held(*reading.filter, reading.target);
    }
    if (checked && reading.projection) {
        checked = check_projection(*reading.projection, reading.target);
    }
    return checked;
}

store::SortCondition::Op op_of(expression::KeyCondition::Op op) {
    using From = expression::KeyCondition::Op;
    using To = store::SortCondition::Op;
    switch (op) {
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
        case From::kEqual:
        case From::kNotIndexable:  // match() takes none
            break;
    }
    return To::kEqual;
}

std::optional<store::SortCondition> sort_of(std::optional<expression::KeyCondition> condition) {
    if (!condition) {
        return std::nullopt;
    }
    return store::SortCondition{.op = op_of(condition->op),
                                .first = std::move(condition->first),
                                .second = std::move(condition->second)};
}

}  // namespace

const Shape kQueryParameters = structure("QueryInput", kMembers);

Outcome<std::string> query(World& world, const json::object& parameters) {
    auto asked = read(parameters);
    if (!asked) {
        return failed(asked);
    }
    auto& reading = asked->reading;
    if (auto found = read_target_of(parameters, world.tables, reading); !found) {
        return failed(found);
    }
    auto range = match_from(asked->conditions, reading.start_key ? &*reading.start_key : nullptr,
                            reading.target);
    if (!range) {
        return failed(range);
    }
    const auto filter = has(parameters, "FilterExpression") ? "Filter Expression" : "QueryFilter";
    if (auto checked = check(reading, filter); !checked) {
        return failed(checked);
    }
    store::Query query{.table = {},
                       .partition = std::move(range->partition),
                       .sort = sort_of(std::move(range->sort)),
                       .forward = flag_of(parameters, "ScanIndexForward").value_or(true)};
    fill(reading, query);
    return answer_of(reading, world.store.query(query));
}

}  // namespace meridian::dynamo
