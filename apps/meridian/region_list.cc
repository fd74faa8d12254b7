#include "region_list.h"

#include <fmt/format.h>

#include "rest/region_list.h"

namespace meridian::app {

std::string url_of(const api::RegionAddress& address) {
    const bool is_ipv6 = address.host.contains(':');
    return fmt::format("{}://{}{}{}:{}", address.tls ? "https" : "http", is_ipv6 ? "[" : "",
                       address.host, is_ipv6 ? "]" : "", address.port);
}

item::List RegionList::list() const {
    rest::RegionList all{policy, store, self.region, {{self.region, url_of(self)}}};
    for (const auto& peer : peers) {
        all.endpoints.emplace_back(peer.region, url_of(peer));
    }
    return all.list();
}

}  // namespace meridian::app
