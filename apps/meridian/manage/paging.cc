#include "manage/paging.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "manage/kind_words.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using management::EntityId;
using management::Kind;

constexpr std::size_t kPageItems = 1'000;

// The regions that have a rule for exactly this number.
Result<std::vector<std::string>> regions_of(ManagementClient& client, const std::string& number) {
    std::vector<std::string> regions;
    bool is_over = false;
    const auto answer = client.get(
        Target("/routing").query("prefix", number).query("limit", std::to_string(kPageItems)));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    for (const auto& entry : list_at(answer->map(), "items")) {
        const auto* rule = entry.as<item::Map>();
        is_over = is_over || rule == nullptr || text_at(*rule, "phoneNumber") != number;
        if (!is_over) {  // longer numbers come behind it
            regions.push_back(text_at(*rule, "region"));
        }
    }
    return regions;
}

}  // namespace

Result<void> for_each_page(ManagementClient& client, const ListQuery& query,
                           const std::function<Result<void>(const item::List&)>& take) {
    std::string next;
    std::size_t left = query.limit;
    do {
        const auto count = left == 0 ? kPageItems : std::min(left, kPageItems);
        const auto page = client.get(Target("/" + std::string(to_string(query.kind)))
                                         .query("prefix", query.prefix)
                                         .query("region", query.region)
                                         .query("limit", std::to_string(count))
                                         .query("next", next));
        if (!page) {
            return std::unexpected(page.error());
        }
        const auto& items = list_at(page->map(), "items");
        if (auto taken = take(items); !taken) {
            return taken;
        }
        next = text_at(page->map(), "next");
        if (query.limit != 0) {
            left -= std::min(left, items.size());
            if (left == 0) {
                return {};
            }
        }
    } while (!next.empty());
    return {};
}

Result<EntityId> find_entity(ManagementClient& client, Kind kind, const std::string& key,
                             const std::string& region) {
    if (kind != Kind::kRule) {
        return EntityId{kind, key, ""};
    }
    const auto mark = key.find_first_of("#/");
    if (mark != std::string::npos) {
        return EntityId{kind, key.substr(0, mark), key.substr(mark + 1)};
    }
    if (!region.empty()) {
        return EntityId{kind, key, region};
    }
    const auto regions = regions_of(client, key);
    if (!regions) {
        return std::unexpected(regions.error());
    }
    if (regions->size() == 1) {
        return EntityId{kind, key, regions->front()};
    }
    return fail(ErrorCode::kInvalidInput,
                regions->empty()
                    ? fmt::format("no region has a rule for exactly that number{}: `meridian rules "
                                  "list --prefix` shows those that begin so",
                                  key.starts_with('+') ? "" : " (numbers begin with +)")
                    : fmt::format("{} regions have a rule for that number: {}; say which with "
                                  "--region",
                                  regions->size(), fmt::join(*regions, ", ")));
}

}  // namespace meridian::app
