#include "store/write_logic.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "expression/condition.h"
#include "expression/update.h"

namespace meridian::store {
namespace {

template <typename Set>
bool is_empty_set(const item::Value& value) {
    const auto* set = value.as<Set>();
    return set != nullptr && set->empty();
}

bool holds_empty_set(const item::Value& value) {
    if (const auto* list = value.as<item::List>()) {
        return std::ranges::any_of(*list, holds_empty_set);
    }
    if (const auto* map = value.as<item::Map>()) {
        return std::ranges::any_of(*map,
                                   [](const auto& entry) { return holds_empty_set(entry.second); });
    }
    return is_empty_set<item::StringSet>(value) || is_empty_set<item::NumberSet>(value) ||
           is_empty_set<item::BinarySet>(value);
}

Result<void> check_condition(const Write& write, const item::Item* before) {
    if (!write.condition) {
        return {};
    }
    const auto holds = expression::evaluate(*write.condition, before);
    if (!holds) {
        return std::unexpected(holds.error());
    }
    if (!*holds) {
        return fail(ErrorCode::kConditionFailed, "The conditional request failed");
    }
    return {};
}

Result<void> check_target(const item::Key& key, const expression::Path& path) {
    const auto* name = path.steps.empty() ? nullptr : std::get_if<std::string>(&path.steps.front());
    if (name != nullptr && key.contains(*name)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("One or more parameter values were invalid: Cannot update "
                                "attribute {}. This attribute is part of the key",
                                *name));
    }
    return {};
}

template <typename Clause>
Result<void> check_targets(const item::Key& key, const std::vector<Clause>& clauses) {
    for (const auto& clause : clauses) {
        if (auto checked = check_target(key, clause.path); !checked) {
            return checked;
        }
    }
    return {};
}

Result<void> check_update(const item::Key& key, const expression::Update& update) {
    for (const auto& checked :
         {check_targets(key, update.sets), check_targets(key, update.removes),
          check_targets(key, update.adds), check_targets(key, update.deletes)}) {
        if (!checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace

Result<item::Key> key_of_write(const item::KeySchema& schema, const Write& write) {
    if (const auto* put = std::get_if<PutItem>(&write.action)) {
        return item::key_of(schema, put->item);
    }
    if (const auto* update = std::get_if<UpdateItem>(&write.action)) {
        return item::checked_key(schema, update->key);
    }
    if (const auto* deletion = std::get_if<DeleteItem>(&write.action)) {
        return item::checked_key(schema, deletion->key);
    }
    return item::checked_key(schema, std::get<CheckItem>(write.action).key);
}

Result<void> check_item(const item::Item& item) {
    for (const auto& [name, value] : item) {
        if (item::nesting(value) > item::kNestingMax) {
            return fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", name, item::kTooDeep));
        }
        if (holds_empty_set(value)) {
            return fail(
                ErrorCode::kInvalidInput,
                fmt::format("One or more parameter values were invalid: An empty set in {}", name));
        }
    }
    if (const auto bytes = item::size_bytes(item); bytes > item::kItemBytesMax) {
        return fail(ErrorCode::kTooLarge,
                    fmt::format("Item size has exceeded the maximum allowed size: {} of {} bytes",
                                bytes, item::kItemBytesMax));
    }
    return {};
}

Result<Image> evaluate_write(const item::Key& key, Write write, const Image& before) {
    auto* update = std::get_if<UpdateItem>(&write.action);
    if (update != nullptr) {
        if (const auto checked = check_update(key, update->update); !checked) {
            return std::unexpected(checked.error());
        }
    }
    if (const auto checked = check_condition(write, before.get()); !checked) {
        return std::unexpected(checked.error());
    }
    if (std::holds_alternative<CheckItem>(write.action)) {
        return before;
    }
    if (std::holds_alternative<DeleteItem>(write.action)) {
        return Image();
    }
    Result<item::Item> after = update == nullptr
                                   ? std::move(std::get<PutItem>(write.action).item)
                                   : expression::apply(update->update, before ? *before : key);
    if (!after) {
        return std::unexpected(std::move(after).error());
    }
    if (const auto checked = check_item(*after); !checked) {
        return std::unexpected(checked.error());
    }
    return Image(*std::move(after));
}

std::vector<WriteOutcome> refuse_all(std::size_t count, const Error& error) {
    std::vector<WriteOutcome> outcomes(count);
    for (auto& outcome : outcomes) {
        outcome.error = error;
    }
    return outcomes;
}

Error queue_full(std::size_t writes_max) {
    return {ErrorCode::kOverloaded,
            fmt::format("{} writes wait already; nothing was written: try again", writes_max)};
}

}  // namespace meridian::store
