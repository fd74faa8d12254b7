#include "manage/kind_words.h"

#include <fmt/format.h>

#include <array>

#include "manage/text.h"

namespace meridian::app {
namespace {

using management::Kind;

constexpr std::array kWords{
    KindWords{Kind::kRule, "rules", "rule", "rules", "NUMBER", "phoneNumber", "+18005551234"},
    KindWords{Kind::kHours, "hours", "business hours", "business hours", "HOURS_ID", "regionId",
              "US_BUSINESS"},
    KindWords{Kind::kAgent, "agents", "agent", "agents", "AGENT_ID", "agentId", "agent123"},
};

}  // namespace

const KindWords& words_of(Kind kind) {
    return kWords[static_cast<std::size_t>(kind)];
}

std::span<const KindWords> all_kinds() {
    return kWords;
}

std::string name_of(const management::EntityId& id) {
    const auto name = printable(fmt::format("{} {}", words_of(id.kind).one, id.first));
    return id.kind == Kind::kRule ? fmt::format("{} in {}", name, printable(id.second)) : name;
}

management::EntityId id_in(Kind kind, const item::Map& item) {
    return {kind, text_at(item, words_of(kind).key_field),
            kind == Kind::kRule ? text_at(item, "region") : ""};
}

}  // namespace meridian::app
