// Sources of the texts: the tests of dynalite and of the DynamoDB conformance suite, which ran
// against the service.
#include "dynamo/update_checks.h"

#include <fmt/format.h>

#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "dynamo/item_keys.h"
#include "expression/paths.h"

namespace meridian::dynamo {
namespace {

using expression::Path;
using expression::SetOperator;
using item::KeyAttribute;

const std::string& first_name(const Path& path) {
    return std::get<std::string>(path.steps.front());
}

bool is_whole(const Path& path, const std::string& attribute) {
    return path.steps.size() == 1 && first_name(path) == attribute;
}

Outcome<void> check_not_key(const item::KeySchema& key, const Path& target) {
    const auto& name = first_name(target);
    return name != key.partition.name && (!key.sort || name != key.sort->name)
               ? Outcome<void>{}
               : Outcome<void>(validation(fmt::format(
                     "One or more parameter values were invalid: Cannot update attribute {}. This "
                     "attribute is part of the key",
                     name)));
}

Outcome<void> check_not_into_indexes(const TableDescription& table,
                                     const expression::Update& update) {
    for (const auto* path : expression::paths_of(update)) {
        if (path->steps.size() < 2) {
            continue;
        }
        auto checked = each_index_attribute(
            table, [&](const store::IndexSchema&, const KeyAttribute& attribute) {
                return first_name(*path) != attribute.name
                           ? Outcome<void>{}
                           : Outcome<void>(validation(fmt::format(
                                 "Key attributes must be scalars; list random access '[]' and map "
                                 "lookup '.' are not allowed: IndexKey: {}",
                                 attribute.name)));
            });
        if (!checked) {
            return checked;
        }
    }
    return {};
}

// The type that a clause gives its attribute; empty: only the item shows it.
std::string_view type_of(const expression::Set& set) {
    switch (set.op) {
        case SetOperator::kPlus:
        case SetOperator::kMinus:
            return "N";
        case SetOperator::kListAppend:
            return "L";
        case SetOperator::kNone:
            break;
    }
    const auto* value = std::get_if<item::Value>(&set.left);
    if (const auto* choice = std::get_if<expression::IfNotExists>(&set.left)) {
        value = std::get_if<item::Value>(&choice->otherwise);
    }
    return value != nullptr ? item::type_name(*value) : std::string_view();
}

Outcome<void> check_type(const TableDescription& table, const Path& target, std::string_view type) {
    return type.empty()
               ? Outcome<void>{}
               : each_index_attribute(
                     table, [&](const store::IndexSchema& index, const KeyAttribute& attribute) {
                         return !is_whole(target, attribute.name) || letter(attribute.type) == type
                                    ? Outcome<void>{}
                                    : Outcome<void>(index_type_mismatch(index, attribute, type));
                     });
}

// What is copied from there has the type, or there is nothing to copy.
expression::Condition fits(const Path& from, const std::string& type) {
    return expression::Or{
        {expression::AttributeNotExists{from}, expression::AttributeType{from, type}}};
}

expression::Condition fits(const expression::SetOperand& from, const std::string& type) {
    if (const auto* path = std::get_if<Path>(&from)) {
        return fits(*path, type);
    }
    // The first of them that is there is copied; a value at the end was looked at before.
    const auto& choice = std::get<expression::IfNotExists>(from);
    const auto* last = std::get_if<Path>(&choice.otherwise);
    std::optional<expression::Condition> fit =
        last != nullptr ? std::optional(fits(*last, type)) : std::nullopt;
    for (const auto& path : std::views::reverse(choice.paths)) {
        const expression::Condition absent = expression::AttributeNotExists{path};
        const expression::Condition otherwise =
            fit ? expression::Condition(expression::And{{absent, *fit}}) : absent;
        fit = expression::Or{{expression::AttributeType{path, type}, otherwise}};
    }
    return *fit;
}

std::size_t bytes_of(const item::Value& value) {
    const auto* text = value.as<std::string>();
    const auto* binary = value.as<item::Binary>();
    return text != nullptr ? text->size() : binary != nullptr ? binary->bytes.size() : 0;
}

}  // namespace

std::vector<Path> targets_of(const expression::Update& update) {
    std::vector<Path> targets;
    const auto collect = [&](const auto& clauses) {
        for (const auto& clause : clauses) {
            targets.push_back(clause.path);
        }
    };
    collect(update.sets);
    collect(update.removes);
    collect(update.adds);
    collect(update.deletes);
    return targets;
}

Outcome<void> check_update_schema(const TableDescription& table, const expression::Update& update) {
    for (const auto& target : targets_of(update)) {
        if (auto checked = check_not_key(table.key, target); !checked) {
            return checked;
        }
    }
    if (auto checked = expression::check_not_into_keys(expression::paths_of(update), table.key);
        !checked) {
        return passed_on(std::move(checked.error()));
    }
    if (auto checked = check_not_into_indexes(table, update); !checked) {
        return checked;
    }
    for (const auto& set : update.sets) {
        if (auto checked = check_type(table, set.path, type_of(set)); !checked) {
            return checked;
        }
    }
    for (const auto& add : update.adds) {
        if (auto checked = check_type(table, add.path, item::type_name(add.value)); !checked) {
            return checked;
        }
    }
    for (const auto& gone : update.deletes) {
        if (auto checked = check_type(table, gone.path, item::type_name(gone.value)); !checked) {
            return checked;
        }
    }
    return {};
}

Outcome<void> check_update_values(const TableDescription& table, const expression::Update& update) {
    for (const auto& set : update.sets) {
        const auto* value = std::get_if<item::Value>(&set.left);
        if (value == nullptr || set.op != SetOperator::kNone) {
            continue;
        }
        auto checked = each_index_attribute(
            table,
            [&](const store::IndexSchema& index, const KeyAttribute& attribute) -> Outcome<void> {
                if (!is_whole(set.path, attribute.name)) {
                    return {};
                }
                if (const auto empty = emptiness_of(*value)) {
                    return validation(fmt::format(
                        "One or more parameter values are not valid. The update expression "
                        "attempted to update a secondary index key to a value that is not "
                        "supported. {}",
                        *empty));
                }
                const auto max = attribute.name == index.key.partition.name
                                     ? item::kPartitionKeyBytesMax
                                     : item::kSortKeyBytesMax;
                return bytes_of(*value) <= max
                           ? Outcome<void>{}
                           : Outcome<void>(validation(
                                 "One or more parameter values were invalid: The update expression "
                                 "attempted to update the secondary index key beyond allowed size "
                                 "limits"));
            });
        if (!checked) {
            return checked;
        }
    }
    return {};
}

CopiesFit::CopiesFit(const TableDescription& table, const expression::Update& update,
                     std::optional<expression::Condition>& own) {
    std::vector<expression::Condition> all;
    for (const auto& set : update.sets) {
        if (set.op != SetOperator::kNone || std::holds_alternative<item::Value>(set.left)) {
            continue;
        }
        (void)each_index_attribute(
            table, [&](const store::IndexSchema&, const KeyAttribute& attribute) {
                if (is_whole(set.path, attribute.name)) {
                    all.push_back(fits(set.left, std::string(letter(attribute.type))));
                }
                return Outcome<void>{};
            });
    }
    if (all.empty()) {
        return;
    }
    fit_ = expression::And{std::move(all)};
    own_ = std::move(own);
    own = own_ ? expression::Condition(expression::And{{*own_, *fit_}}) : *fit_;
}

bool CopiesFit::failed_on(const item::Item* item) const {
    const auto holds = [&](const std::optional<expression::Condition>& condition) {
        return !condition || expression::evaluate(*condition, item).value_or(false);
    };
    return fit_ && holds(own_) && !holds(fit_);
}

}  // namespace meridian::dynamo
