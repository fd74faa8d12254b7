#include "agreement/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data_folder.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

struct Place {
    std::string region;
    Endpoint endpoint;
};

Result<std::vector<Place>> places_of_folder(const EndpointOptions& options) {
    const auto folder = data_folder(options.data);
    const auto regions = folder ? read_regions(*folder) : std::unexpected(folder.error());
    if (!regions) {
        return std::unexpected(regions.error());
    }
    std::vector<Place> places;
    for (const auto& address : *regions) {
        auto one = options;
        one.via = address.region;
        auto endpoint = find_endpoint(one);
        if (!endpoint) {
            return std::unexpected(std::move(endpoint).error());
        }
        places.push_back({address.region, *std::move(endpoint)});
    }
    return places;
}

// As the region at --endpoint tells.
Result<std::vector<Place>> places_of_endpoint(const EndpointOptions& options, const Clock& clock) {
    auto first = find_endpoint(options);
    if (!first) {
        return std::unexpected(std::move(first).error());
    }
    const auto answer = ManagementClient(*first, clock).get(Target("/regions"));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    std::vector<Place> places;
    for (const auto& entry : list_at(answer->map(), "regions")) {
        const auto* map = entry.as<item::Map>();
        const auto region = map == nullptr ? "" : text_at(*map, "region");
        if (region == first->address.region) {
            places.push_back({region, *first});
            continue;
        }
        auto endpoint = map == nullptr ? fail(ErrorCode::kInvalidInput, "")
                                       : parse_endpoint(text_at(*map, "endpoint"));
        if (!endpoint) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("{} does not know where the region {} listens: name those to "
                                    "ask with --region",
                                    first->address.region, printable(region)));
        }
        endpoint->address.region = region;
        endpoint->address.ca_file = first->address.ca_file;
        endpoint->credentials = first->credentials;
        places.push_back({region, *std::move(endpoint)});
    }
    return places;
}

}  // namespace

Result<std::vector<Member>> members_of(const EndpointOptions& options,
                                       const std::vector<std::string>& wanted, const Clock& clock) {
    auto places =
        options.endpoint.empty() ? places_of_folder(options) : places_of_endpoint(options, clock);
    if (!places) {
        return std::unexpected(std::move(places).error());
    }
    std::string names;
    for (const auto& place : *places) {
        names += (names.empty() ? "" : ", ") + place.region;
    }
    for (const auto& region : wanted) {
        if (std::ranges::find(*places, region, &Place::region) == places->end()) {
            return fail(
                ErrorCode::kInvalidInput,
                fmt::format("--region: there is no region {}; there are {}", region, names));
        }
    }
    std::vector<Member> members;
    for (auto& [region, endpoint] : *places) {
        if (wanted.empty() || std::ranges::find(wanted, region) != wanted.end()) {
            members.push_back(
                {region, std::make_unique<ManagementClient>(std::move(endpoint), clock)});
        }
    }
    return members;
}

}  // namespace meridian::app
