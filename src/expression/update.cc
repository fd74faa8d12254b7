#include "expression/update.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

#include "expression/path_set.h"

namespace meridian::expression {

using item::Item;
using item::List;
using item::Map;
using item::Number;
using item::Value;

namespace {

constexpr std::string_view kWrongType =
    "An operand in the update expression has an incorrect data type";
constexpr std::string_view kNoSuchAttribute =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kInvalidPath =
    "The document path provided in the update expression is invalid for update";

std::unexpected<Error> refuse(std::string_view what) {
    return fail(ErrorCode::kInvalidInput, std::string(what));
}

// What the actions change.
std::vector<const Path*> targets_of(const Update& update) {
    std::vector<const Path*> paths;
    const auto collect = [&paths](const auto& actions) {
        for (const auto& action : actions) {
            paths.push_back(&action.path);
        }
    };
    collect(update.sets);
    collect(update.removes);
    collect(update.adds);
    collect(update.deletes);
    return paths;
}

// ---- What each action makes of the item before

const Value* find_first(const std::vector<Path>& paths, const Item& before) {
    for (const auto& path : paths) {
        if (const auto* value = resolve(path, &before)) {
            return value;
        }
    }
    return nullptr;
}

Result<Value> read(const Path& path, const Item& before) {
    if (auto checked = check_path(path); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    const auto* value = resolve(path, &before);
    return value != nullptr ? Result<Value>(*value) : refuse(kNoSuchAttribute);
}

Result<Value> read(const Value& literal, const Item&) {
    return literal;
}

Result<Value> read(const IfNotExists& first_of, const Item& before) {
    for (const auto& path : first_of.paths) {
        if (auto checked = check_path(path); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
    }
    auto otherwise =
        std::visit([&](const auto& last) { return read(last, before); }, first_of.otherwise);
    const auto* value = otherwise ? find_first(first_of.paths, before) : nullptr;
    return value != nullptr ? Result<Value>(*value) : otherwise;
}

Result<Value> read(const SetOperand& operand, const Item& before) {
    return std::visit([&](const auto& kind) { return read(kind, before); }, operand);
}

Result<Value> joined(Value left, Value right) {
    auto* list = left.as<List>();
    auto* more = right.as<List>();
    if (list == nullptr || more == nullptr) {
        return refuse(kWrongType);
    }
    std::ranges::move(*more, std::back_inserter(*list));
    return left;
}

// A number as a value.
Result<Value> valued(Result<Number> number) {
    if (!number) {
        return std::unexpected(std::move(number.error()));
    }
    return *std::move(number);
}

Result<Value> value_of(const Set& set, const Item& before) {
    auto left = read(set.left, before);
    if (!left || set.op == SetOperator::kNone) {
        return left;
    }
    const bool fits = set.op == SetOperator::kListAppend ? left->as<List>() != nullptr
                                                         : left->as<Number>() != nullptr;
    if (!fits) {
        return refuse(kWrongType);
    }
    auto right = read(set.right, before);
    if (!right) {
        return right;
    }
    if (set.op == SetOperator::kListAppend) {
        return joined(*std::move(left), *std::move(right));
    }
    const auto* a = left->as<Number>();
    const auto* b = right->as<Number>();
    if (a == nullptr || b == nullptr) {
        return refuse(kWrongType);
    }
    return valued(set.op == SetOperator::kPlus ? Number::add(*a, *b) : Number::subtract(*a, *b));
}

template <typename T>
concept SetType = std::is_same_v<T, item::StringSet> || std::is_same_v<T, item::NumberSet> ||
                  std::is_same_v<T, item::BinarySet>;

Result<Value> value_of(const Add& add, const Item& before) {
    if (auto valid = validate(add); !valid) {
        return std::unexpected(std::move(valid.error()));
    }
    const auto* existing = resolve(add.path, &before);
    return std::visit(
        [&]<typename T>(const T& added) -> Result<Value> {
            if constexpr (std::is_same_v<T, Number> || SetType<T>) {
                if (existing == nullptr) {
                    return added;
                }
                const auto* old = existing->as<T>();
                if (old == nullptr) {
                    return refuse(kWrongType);
                }
                if constexpr (SetType<T>) {
                    T all = *old;
                    all.insert(added.begin(), added.end());
                    return all;
                } else {
                    return valued(Number::add(*old, added));
                }
            } else {
                return refuse(kWrongType);
            }
        },
        add.value.variant());
}

// Nothing when no element is left.
Result<std::optional<Value>> value_of(const Delete& remove, const Item& before) {
    if (auto valid = validate(remove); !valid) {
        return std::unexpected(std::move(valid.error()));
    }
    const auto* existing = resolve(remove.path, &before);
    return std::visit(
        [&]<typename T>(const T& removed) -> Result<std::optional<Value>> {
            if constexpr (SetType<T>) {
                if (existing == nullptr) {
                    return std::nullopt;
                }
                const auto* old = existing->as<T>();
                if (old == nullptr) {
                    return refuse(kWrongType);
                }
                T left;
                std::ranges::set_difference(*old, removed, std::inserter(left, left.end()));
                return left.empty() ? std::nullopt : std::optional<Value>(std::move(left));
            } else {
                return refuse(kWrongType);
            }
        },
        remove.value.variant());
}

// ---- Changing the item

// What the last step of a path is found in: a map, a list, or nothing.
struct Parent {
    Map* map = nullptr;
    List* list = nullptr;

    [[nodiscard]] bool can_hold(const Path::Step& step) const {
        return std::holds_alternative<std::string>(step) ? map != nullptr : list != nullptr;
    }
    [[nodiscard]] Value* child(const Path::Step& step) const {
        if (!can_hold(step)) {
            return nullptr;
        }
        if (const auto* name = std::get_if<std::string>(&step)) {
            const auto found = map->find(*name);
            return found == map->end() ? nullptr : &found->second;
        }
        const auto index = std::get<std::size_t>(step);
        return index < list->size() ? &(*list)[index] : nullptr;
    }
};

Result<Parent> parent_of(const Path& path, Item& item) {
    Parent parent{.map = &item};
    for (std::size_t i = 0; i + 1 < path.steps.size(); ++i) {
        auto* child = parent.child(path.steps[i]);
        parent = child == nullptr ? Parent{}
                                  : Parent{.map = child->as<Map>(), .list = child->as<List>()};
    }
    return parent.can_hold(path.steps.back()) ? Result<Parent>(parent) : refuse(kInvalidPath);
}

struct Assignment {
    const Path* path;
    Value value;
};

Result<void> assign(Assignment assignment, Item& item) {
    const auto& path = *assignment.path;
    const int above =
        static_cast<int>(std::min<std::size_t>(path.steps.size() - 1, item::kNestingMax));
    if (above + nesting(assignment.value) > item::kNestingMax) {
        return refuse(item::kTooDeep);
    }
    const auto parent = parent_of(path, item);
    if (!parent) {
        return std::unexpected(parent.error());
    }
    if (auto* existing = parent->child(path.steps.back())) {
        *existing = std::move(assignment.value);
    } else if (parent->map != nullptr) {
        parent->map->emplace(std::get<std::string>(path.steps.back()), std::move(assignment.value));
    } else {
        parent->list->push_back(std::move(assignment.value));
    }
    return {};
}

Result<void> remove(const Path& path, Item& item) {
    const auto parent = parent_of(path, item);
    if (!parent) {
        return std::unexpected(parent.error());
    }
    if (parent->child(path.steps.back()) == nullptr) {
        return {};
    }
    if (parent->map != nullptr) {
        parent->map->erase(std::get<std::string>(path.steps.back()));
    } else {
        const auto index = std::get<std::size_t>(path.steps.back());
        parent->list->erase(parent->list->begin() + static_cast<std::ptrdiff_t>(index));
    }
    return {};
}

struct Changes {
    std::vector<Assignment> assignments;
    std::vector<const Path*> removals;
};

Result<Changes> changes_of(const Update& update, const Item& before) {
    Changes changes;
    const auto assign_all = [&](const auto& actions) -> Result<void> {
        for (const auto& action : actions) {
            auto value = value_of(action, before);
            if (!value) {
                return std::unexpected(std::move(value.error()));
            }
            changes.assignments.push_back({.path = &action.path, .value = *std::move(value)});
        }
        return {};
    };
    if (auto set = assign_all(update.sets); !set) {
        return std::unexpected(std::move(set.error()));
    }
    if (auto added = assign_all(update.adds); !added) {
        return std::unexpected(std::move(added.error()));
    }
    for (const auto& action : update.deletes) {
        auto value = value_of(action, before);
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        if (*value) {
            changes.assignments.push_back({.path = &action.path, .value = **std::move(value)});
        } else {
            changes.removals.push_back(&action.path);
        }
    }
    for (const auto& action : update.removes) {
        changes.removals.push_back(&action.path);
    }
    return changes;
}

}  // namespace

Result<Item> apply(const Update& update, Item before) {
    // As in the service, a path that leads nowhere comes before an operand of the wrong type.
    const auto targets = targets_of(update);
    if (auto apart = check_apart(targets); !apart) {
        return std::unexpected(std::move(apart.error()));
    }
    for (const auto* target : targets) {
        if (auto parent = parent_of(*target, before); !parent) {
            return std::unexpected(std::move(parent.error()));
        }
    }
    auto changes = changes_of(update, before);
    if (!changes) {
        return std::unexpected(std::move(changes.error()));
    }
    // Indices are those of the item before. Assignments come first and ascend, so that they move no
    // element and what lies past the end of a list is appended in the order of the indices;
    // removals descend, so that none moves what a later one means.
    std::ranges::sort(changes->assignments, {},
                      [](const Assignment& a) -> const auto& { return a.path->steps; });
    std::ranges::sort(changes->removals, std::ranges::greater{},
                      [](const Path* path) -> const auto& { return path->steps; });
    for (auto& assignment : changes->assignments) {
        if (auto assigned = assign(std::move(assignment), before); !assigned) {
            return std::unexpected(std::move(assigned.error()));
        }
    }
    for (const auto* path : changes->removals) {
        if (auto removed = remove(*path, before); !removed) {
            return std::unexpected(std::move(removed.error()));
        }
    }
    return before;
}

}  // namespace meridian::expression
