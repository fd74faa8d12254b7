#include "agreement/conflict_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "manage/text.h"

namespace meridian::app {
namespace {

constexpr auto kPage = "100";

// Adds what one region knows.
Result<void> read_of(const Member& member, const std::string& table,
                     std::map<std::string, LostWrite>& all) {
    std::string next;
    do {
        const auto page = member.client->get(
            Target("/conflicts").query("table", table).query("limit", kPage).query("next", next));
        if (!page) {
            return std::unexpected(page.error());
        }
        for (const auto& entry : list_at(page->map(), "items")) {
            const auto* told = entry.as<item::Map>();
            if (told == nullptr) {
                continue;
            }
            const auto id = text_at(*told, "id");
            auto& write = all.try_emplace(id, LostWrite{id, *told, {}}).first->second;
            write.seen_in.push_back(member.region);
            if (text_at(map_at(write.told, "kept"), "time") <
                text_at(map_at(*told, "kept"), "time")) {
                write.told = *told;
            }
        }
        next = text_at(page->map(), "next");
    } while (!next.empty());
    return {};
}

}  // namespace

Result<LostWrites> read_conflicts(const std::vector<Member>& members, const std::string& table) {
    std::map<std::string, LostWrite> all;
    LostWrites result;
    for (const auto& member : members) {
        if (const auto read = read_of(member, table, all); !read) {
            result.unreachable.push_back(
                fmt::format("{}: {}", member.region, read.error().message));
            if (result.unreachable.size() == members.size()) {
                return std::unexpected(read.error());
            }
        }
    }
    for (auto& [id, write] : all) {
        result.writes.push_back(std::move(write));
    }
    std::ranges::sort(result.writes, std::greater<>(), [](const LostWrite& write) {
        return std::pair(text_at(map_at(write.told, "lost"), "time"), write.id);
    });
    return result;
}

std::optional<management::EntityId> entity_of(const item::Map& conflict) {
    using enum management::Kind;
    for (const auto kind : {kRule, kHours, kAgent}) {
        if (management::table_of(kind) == text_at(conflict, "table")) {
            return management::id_of(kind, map_at(conflict, "key"));
        }
    }
    return std::nullopt;
}

Result<std::optional<std::string>> change_of(ManagementClient& client,
                                             const management::EntityId& id,
                                             const item::Map& conflict) {
    const auto* lost = item::find(map_at(conflict, "lost"), "item");
    std::string next;
    do {
        const auto page = client.get(history_target(id).query("limit", kPage).query("next", next));
        if (!page) {
            return std::unexpected(page.error());
        }
        for (const auto& entry : list_at(page->map(), "changes")) {
            const auto* change = entry.as<item::Map>();
            const auto* after = change == nullptr ? nullptr : item::find(*change, "after");
            if (lost != nullptr && after != nullptr && lost->as<item::Map>() != nullptr &&
                *after == *lost) {
                return text_at(*change, "changeId");
            }
        }
        next = text_at(page->map(), "next");
    } while (!next.empty());
    return std::nullopt;
}

}  // namespace meridian::app
