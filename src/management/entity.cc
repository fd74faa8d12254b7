#include "management/entity.h"

#include <fmt/format.h>

#include "catalog/tables.h"

namespace meridian::management {
namespace {

std::string text_at(const item::Item& item, std::string_view name) {
    return *item::find(item, name)->as<std::string>();
}

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::kRule:
            return "routing";
        case Kind::kHours:
            return "business-hours";
        case Kind::kAgent:
            return "agents";
    }
    return "";
}

std::string_view table_of(Kind kind) {
    switch (kind) {
        case Kind::kRule:
            return catalog::kRoutingTable;
        case Kind::kHours:
            return catalog::kHoursTable;
        case Kind::kAgent:
            return catalog::kAgentsTable;
    }
    return "";
}

std::string to_text(const EntityId& id) {
    return id.kind == Kind::kRule ? fmt::format("{}/{}/{}", to_string(id.kind), id.first, id.second)
                                  : fmt::format("{}/{}", to_string(id.kind), id.first);
}

Result<EntityId> parse_entity(std::string_view text) {
    text.remove_prefix(text.starts_with('/') ? 1 : 0);
    for (const auto kind : {Kind::kRule, Kind::kHours, Kind::kAgent}) {
        const auto name = to_string(kind);
        if (!text.starts_with(name) || text.size() < name.size() + 2 || text[name.size()] != '/') {
            continue;
        }
        const auto key = text.substr(name.size() + 1);
        if (kind != Kind::kRule) {
            return EntityId{kind, std::string(key), {}};
        }
        if (const auto slash = key.rfind('/');
            slash != std::string_view::npos && slash > 0 && slash + 1 < key.size()) {
            return EntityId{kind, std::string(key.substr(0, slash)),
                            std::string(key.substr(slash + 1))};
        }
    }
    if (const auto hash = text.rfind('#');
        hash != std::string_view::npos && hash > 0 && hash + 1 < text.size()) {
        return EntityId{Kind::kRule, std::string(text.substr(0, hash)),
                        std::string(text.substr(hash + 1))};
    }
    return fail(ErrorCode::kInvalidInput,
                "an entity is named routing/NUMBER/REGION (or NUMBER#REGION), business-hours/ID or "
                "agents/ID");
}

item::Key key_of(const EntityId& id) {
    switch (id.kind) {
        case Kind::kRule:
            return {{"phoneNumber", id.first}, {"region", id.second}};
        case Kind::kHours:
            return {{"regionId", id.first}};
        case Kind::kAgent:
            return {{"agentId", id.first}};
    }
    return {};
}

store::ItemRef ref_of(const EntityId& id) {
    return {std::string(table_of(id.kind)), key_of(id)};
}

EntityId id_of(Kind kind, const item::Item& item) {
    switch (kind) {
        case Kind::kRule:
            return {kind, text_at(item, "phoneNumber"), text_at(item, "region")};
        case Kind::kHours:
            return {kind, text_at(item, "regionId"), {}};
        case Kind::kAgent:
            return {kind, text_at(item, "agentId"), {}};
    }
    return {};
}

}  // namespace meridian::management
