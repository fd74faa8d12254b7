#include "rest/region_list.h"

#include <algorithm>
#include <cstdint>

#include "catalog/tables.h"

namespace meridian::rest {
namespace {

// What this region's HealthCheck saw of another one last.
item::Value health_of(const std::string& region, const RegionList& all) {
    const auto found = all.store.get(
        {std::string(catalog::kRegionHealthTable), {{"region", region}, {"observer", all.self}}});
    const auto* status = found && *found ? item::find(**found, "status") : nullptr;
    const auto* observed = found && *found ? item::find(**found, "observedAt") : nullptr;
    if (status == nullptr || observed == nullptr) {
        return item::Null{};
    }
    return item::Map{{"status", *status}, {"observedAt", *observed}};
}

item::Value endpoint_of(const std::string& region, const RegionList& all) {
    const auto found =
        std::ranges::find(all.endpoints, region, [](const auto& entry) { return entry.first; });
    return found == all.endpoints.end() ? item::Value(item::Null{}) : item::Value(found->second);
}

item::Value preference_of(const std::string& region, const std::vector<std::string>& order) {
    const auto found = std::ranges::find(order, region);
    return found == order.end()
               ? item::Value(item::Null{})
               : item::Number(static_cast<std::int64_t>(found - order.begin()) + 1);
}

}  // namespace

item::List RegionList::list() const {
    auto names = policy.region_order;
    const auto add = [&names](const std::string& region) {
        if (std::ranges::find(names, region) == names.end()) {
            names.push_back(region);
        }
    };
    add(self);
    for (const auto& [region, url] : endpoints) {
        add(region);
    }
    item::List regions;
    for (const auto& name : names) {
        const auto& out = policy.regions_out_of_service;
        regions.emplace_back(item::Map{{"region", name},
                                       {"endpoint", endpoint_of(name, *this)},
                                       {"self", name == self},
                                       {"preference", preference_of(name, policy.region_order)},
                                       {"inService", std::ranges::find(out, name) == out.end()},
                                       {"health", health_of(name, *this)}});
    }
    return regions;
}

}  // namespace meridian::rest
