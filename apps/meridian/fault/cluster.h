// The regions of a running `meridian up`, as drills see them: by their processes, and by their
// switches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "api/region_client.h"
#include "base/clock.h"
#include "base/result.h"
#include "faults/fault.h"
#include "item/value.h"
#include "region_process.h"

namespace meridian::app {

enum class RegionState : std::uint8_t { kRuns, kStopped, kGone };

struct RegionLook {
    std::string region;
    RegionState state = RegionState::kRuns;
    faults::Faults faults;
};

// Role: finds them in a data folder. Requests are signed with the time that the region believes it
// is. Threads: one. Errors: kUnavailable: no regions run from there, or this one doesn't answer;
// kInvalidInput: there is no such region, or it refused; the message says what would help.
class Cluster {
  public:
    [[nodiscard]] static Result<Cluster> open(const std::filesystem::path& data,
                                              std::string profile);

    [[nodiscard]] std::vector<std::string> names() const;
    // kInvalidInput names those that there are.
    [[nodiscard]] Result<void> check(const std::string& region) const;

    // Also of a region that is stopped.
    [[nodiscard]] Result<RegionLook> look(const std::string& region) const;
    [[nodiscard]] Result<void> set(const std::string& region, const faults::Faults& faults) const;
    [[nodiscard]] Result<RegionProcess> process(const std::string& region) const;

  private:
    Cluster(std::filesystem::path folder, std::vector<api::RegionAddress> regions,
            std::string profile)
        : folder_(std::move(folder)), regions_(std::move(regions)), profile_(std::move(profile)) {}

    // GET or PUT.
    [[nodiscard]] Result<faults::Faults> ask(const std::string& region,
                                             api::ApiRequest request) const;

    std::filesystem::path folder_;
    std::vector<api::RegionAddress> regions_;
    std::string profile_;
    SystemClock clock_;
};

}  // namespace meridian::app
