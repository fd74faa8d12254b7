#include "region_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "catalog/tables.h"

namespace meridian::app {
namespace {

// What this region's HealthCheck saw of another one last.
item::Value health_of(const std::string& region, const RegionList& all) {
    const auto found = all.store.get({std::string(catalog::kRegionHealthTable),
                                      {{"region", region}, {"observer", all.self.region}}});
    const auto* status = found && *found ? item::find(**found, "status") : nullptr;
    const auto* observed = found && *found ? item::find(**found, "observedAt") : nullptr;
    if (status == nullptr || observed == nullptr) {
        return item::Null{};
    }
    return item::Map{{"status", *status}, {"observedAt", *observed}};
}

item::Value endpoint_of(const std::string& region, const RegionList& all) {
    if (region == all.self.region) {
        return url_of(all.self);
    }
    const auto peer = std::ranges::find(all.peers, region, &api::RegionAddress::region);
    return peer == all.peers.end() ? item::Value(item::Null{}) : item::Value(url_of(*peer));
}

item::Value preference_of(const std::string& region, const std::vector<std::string>& order) {
    const auto found = std::ranges::find(order, region);
    return found == order.end()
               ? item::Value(item::Null{})
               : item::Number(static_cast<std::int64_t>(found - order.begin()) + 1);
}

}  // namespace

std::string url_of(const api::RegionAddress& address) {
    const bool is_ipv6 = address.host.contains(':');
    return fmt::format("{}://{}{}{}:{}", address.tls ? "https" : "http", is_ipv6 ? "[" : "",
                       address.host, is_ipv6 ? "]" : "", address.port);
}

item::List RegionList::list() const {
    auto names = policy.region_order;
    const auto add = [&names](const std::string& region) {
        if (std::ranges::find(names, region) == names.end()) {
            names.push_back(region);
        }
    };
    add(self.region);
    for (const auto& peer : peers) {
        add(peer.region);
    }
    item::List regions;
    for (const auto& name : names) {
        const auto& out = policy.regions_out_of_service;
        regions.emplace_back(item::Map{{"region", name},
                                       {"endpoint", endpoint_of(name, *this)},
                                       {"self", name == self.region},
                                       {"preference", preference_of(name, policy.region_order)},
                                       {"inService", std::ranges::find(out, name) == out.end()},
                                       {"health", health_of(name, *this)}});
    }
    return regions;
}

}  // namespace meridian::app
