// What people call the kinds of entities.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "item/value.h"
#include "management/entity.h"

namespace meridian::app {

struct KindWords {
    management::Kind kind;
    std::string_view command;  // "rules"
    std::string_view one;      // "rule"
    std::string_view many;     // "rules"
    std::string_view key;      // of its first key attribute, in usage: "NUMBER"
    std::string_view key_field;
    std::string_view example;  // of a key
};
[[nodiscard]] const KindWords& words_of(management::Kind kind);
[[nodiscard]] std::span<const KindWords> all_kinds();

// "rule +18005551234 in us-east-1", "business hours US_BUSINESS".
[[nodiscard]] std::string name_of(const management::EntityId& id);

// The entity that an item is; nothing in the fields that it lacks.
[[nodiscard]] management::EntityId id_in(management::Kind kind, const item::Map& item);

}  // namespace meridian::app
