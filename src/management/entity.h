// What people manage: rules, business hours, agents. Each is an item of one table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/key.h"
#include "item/value.h"
#include "store/table_store.h"

namespace meridian::management {

enum class Kind : std::uint8_t { kRule, kHours, kAgent };

// The path segment that the kind has in the management API: "routing", "business-hours", "agents".
[[nodiscard]] std::string_view to_string(Kind kind);
[[nodiscard]] std::string_view table_of(Kind kind);

// One entity, by its key. Any text: whether a key is a good one is validation's question.
struct EntityId {
    Kind kind = Kind::kRule;
    std::string first;   // phoneNumber, regionId or agentId
    std::string second;  // region of a rule; else empty

    friend bool operator==(const EntityId&, const EntityId&) = default;
};

// The entity's name in ChangeHistory, which is its path in the management API:
// "routing/+18005551234/us-east-1", "business-hours/US_BUSINESS", "agents/agent123".
[[nodiscard]] std::string to_text(const EntityId& id);
// to_text's form (a leading '/' is fine), or a rule's id as RouteCall answers it:
// "+18005551234#us-east-1". kInvalidInput says the forms.
[[nodiscard]] Result<EntityId> parse_entity(std::string_view text);

[[nodiscard]] item::Key key_of(const EntityId& id);
[[nodiscard]] store::ItemRef ref_of(const EntityId& id);
// REQUIRES: the item holds the key attributes of its kind, as texts.
[[nodiscard]] EntityId id_of(Kind kind, const item::Item& item);

}  // namespace meridian::management
