#include "agreement/probes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "catalog/tables.h"
#include "item/json.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

constexpr std::size_t kPlaces = 256;
constexpr const char* kNobodysNumber = "+9990000000000";  // no country has the code 999
constexpr const char* kLonger = "0042";

// Items from `count` places of the table on; rows stand in the order of a hash, so that these are
// of all kinds.
Result<std::vector<proof::ItemState>> sample(HttpRegion& region, std::size_t count) {
    const std::string table(catalog::kRoutingTable);
    std::vector<proof::ItemState> all;
    auto first = region.some_items(table, "", "", count);
    if (!first || !first->next) {  // these are all
        return first ? Result<std::vector<proof::ItemState>>(std::move(first->items))
                     : std::unexpected(std::move(first).error());
    }
    const auto places = std::min(count, kPlaces);
    const auto of_each = (count + places - 1) / places;
    std::set<std::string> rows;
    for (std::size_t i = 0; i < places; ++i) {
        const std::string place(1, static_cast<char>(i * kPlaces / places));
        auto page = region.some_items(table, "", place, of_each);
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        for (auto& item : page->items) {
            if (rows.insert(item.row).second) {
                all.push_back(std::move(item));
            }
        }
    }
    return all;
}

}  // namespace

Result<std::vector<Probe>> choose_probes(HttpRegion& region, std::size_t count) {
    if (count == 0) {
        return std::vector<Probe>{};
    }
    const auto items = sample(region, count);
    if (!items) {
        return std::unexpected(items.error());
    }
    std::vector<Probe> probes;
    std::set<std::string> regions{region.region()};
    for (const auto& item : *items) {
        const Probe probe{text_at(item.key, "phoneNumber"), text_at(item.key, "region")};
        regions.insert(probe.region);
        probes.push_back(probe);
        probes.push_back({probe.number + kLonger, probe.region});
    }
    for (const auto& name : regions) {
        probes.push_back({kNobodysNumber, name});
    }
    return probes;
}

std::vector<Probe> probes_of(const std::vector<std::string>& numbers,
                             const std::vector<std::string>& regions) {
    std::vector<Probe> probes;
    for (const auto& number : numbers) {
        for (const auto& region : regions) {
            probes.push_back({number, region});
        }
    }
    return probes;
}

std::expected<Decisions, proof::Failed> decide(std::span<HttpRegion* const> regions,
                                               const Probe& probe, Instant at) {
    Decisions decisions;
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const auto said = regions[i]->explain(
            {{"phoneNumber", probe.number}, {"region", probe.region}, {"at", format_instant(at)}});
        if (!said) {
            return std::unexpected(proof::Failed{i, said.error()});
        }
        auto answer = map_at(*said, "answer");
        answer.erase("decisionId");
        answer.erase("stale");
        decisions.push_back(item::to_plain_json(item::Map{{"answer", std::move(answer)},
                                                          {"match", text_at(*said, "match")},
                                                          {"outcome", text_at(*said, "outcome")},
                                                          {"rules", list_at(*said, "rules")}}));
    }
    return decisions;
}

bool all_same(const Decisions& decisions) {
    return std::ranges::adjacent_find(decisions, std::not_equal_to<>()) == decisions.end();
}

}  // namespace meridian::app
