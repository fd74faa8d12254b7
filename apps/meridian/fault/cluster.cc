#include "fault/cluster.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "base/adjustable_clock.h"
#include "data_folder.h"
#include "fault/fault_file.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/management_client.h"
#include "rest/faults.h"

namespace meridian::app {
namespace {

// A region under faults may never answer.
constexpr std::chrono::milliseconds kTimeout{5'000};

}  // namespace

Result<Cluster> Cluster::open(const std::filesystem::path& data, std::string profile) {
    auto folder = data_folder(data);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    auto regions = read_regions(*folder);
    return regions ? Result<Cluster>(
                         Cluster(*std::move(folder), *std::move(regions), std::move(profile)))
                   : std::unexpected(regions.error());
}

std::vector<std::string> Cluster::names() const {
    std::vector<std::string> names;
    for (const auto& region : regions_) {
        names.push_back(region.region);
    }
    return names;
}

Result<void> Cluster::check(const std::string& region) const {
    return std::ranges::find(regions_, region, &api::RegionAddress::region) != regions_.end()
               ? Result<void>()
               : fail(ErrorCode::kInvalidInput,
                      fmt::format("region {} is not one of those that run here: {}", region,
                                  fmt::join(names(), ", ")));
}

Result<RegionLook> Cluster::look(const std::string& region) const {
    const auto running = RegionProcess::find(folder_ / region);
    if (!running) {
        return RegionLook{region, RegionState::kGone, {}};
    }
    if (running->is_stopped()) {
        return RegionLook{region, RegionState::kStopped, read_faults(folder_ / region, clock_)};
    }
    auto faults = ask(region, {"GET", "/faults", {}, {}, kTimeout});
    return faults ? Result<RegionLook>(RegionLook{region, RegionState::kRuns, *std::move(faults)})
                  : std::unexpected(faults.error());
}

Result<void> Cluster::set(const std::string& region, const faults::Faults& faults) const {
    const auto done =
        ask(region,
            {"PUT", "/faults", {}, item::to_plain_json(rest::faults_to_json(faults)), kTimeout});
    return done ? Result<void>() : std::unexpected(done.error());
}

Result<RegionProcess> Cluster::process(const std::string& region) const {
    if (auto known = check(region); !known) {
        return std::unexpected(known.error());
    }
    return RegionProcess::find(folder_ / region);
}

Result<faults::Faults> Cluster::ask(const std::string& region, api::ApiRequest request) const {
    AdjustableClock regions_clock(clock_);
    regions_clock.set(read_faults(folder_ / region, clock_).clock.offset);
    auto endpoint = find_endpoint({.data = folder_,
                                   .via = region,
                                   .endpoint = {},
                                   .ca = {},
                                   .profile = profile_,
                                   .cloud = {}});
    if (!endpoint) {
        return std::unexpected(endpoint.error());
    }
    ManagementClient client(*std::move(endpoint), regions_clock);
    const auto answer = client.ask(std::move(request));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    auto faults = rest::faults_from_json(answer->body);
    return faults ? Result<faults::Faults>(*std::move(faults))
                  : fail(ErrorCode::kUnavailable,
                         fmt::format("region {} says what this program doesn't understand: are "
                                     "they of one version?",
                                     region));
}

}  // namespace meridian::app
