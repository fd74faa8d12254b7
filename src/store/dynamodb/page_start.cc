#include "store/dynamodb/page_start.h"

#include <compare>
#include <optional>
#include <string>

#include "expression/condition.h"

namespace meridian::store::dynamodb {
namespace {

enum class Side : std::uint8_t { kBelow, kWithin, kAbove };

bool begins_with(const item::Value& value, const item::Value& prefix) {
    if (const auto* text = value.as<std::string>()) {
        const auto* start = prefix.as<std::string>();
        return start != nullptr && text->starts_with(*start);
    }
    const auto* binary = value.as<item::Binary>();
    const auto* start = prefix.as<item::Binary>();
    return binary != nullptr && start != nullptr && binary->bytes.starts_with(start->bytes);
}

// Where a sort value stands; nothing: it can't be compared.
std::optional<Side> side_of(const SortCondition& condition, const item::Value& value) {
    using Op = SortCondition::Op;
    const auto first = expression::order(value, condition.first);
    if (!first) {
        return std::nullopt;
    }
    const auto below = *first < 0 ? Side::kBelow : Side::kWithin;
    switch (condition.op) {
        case Op::kEqual:
            return *first > 0 ? Side::kAbove : below;
        case Op::kLess:
            return *first < 0 ? Side::kWithin : Side::kAbove;
        case Op::kLessOrEqual:
            return *first <= 0 ? Side::kWithin : Side::kAbove;
        case Op::kGreater:
            return *first > 0 ? Side::kWithin : Side::kBelow;
        case Op::kGreaterOrEqual:
            return below;
        case Op::kBetween: {
            const auto second = expression::order(value, condition.second);
            return second && *second > 0 ? Side::kAbove : below;
        }
        case Op::kBeginsWith:
            return begins_with(value, condition.first) || *first < 0 ? below : Side::kAbove;
    }
    return std::nullopt;
}

}  // namespace

PageStart page_start(const item::KeySchema& key, const Query& query) {
    if (!query.start_after || !query.sort || !key.sort) {
        return PageStart::kWithin;
    }
    const auto start = item::key_of(key, *query.start_after);
    if (!start || start->at(key.partition.name) != query.partition) {
        return PageStart::kWithin;
    }
    const auto side = side_of(*query.sort, start->at(key.sort->name)).value_or(Side::kWithin);
    if (side == Side::kWithin) {
        return PageStart::kWithin;
    }
    return (side == Side::kBelow) == query.forward ? PageStart::kBefore : PageStart::kBehind;
}

}  // namespace meridian::store::dynamodb
