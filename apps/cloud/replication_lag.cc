#include "cloud/replication_lag.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/instant.h"
#include "catalog/tables.h"

namespace meridian::cloud {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{50};
constexpr milliseconds kWaitMax{1'500};

// When the region's own probe last wrote, as far as these tables know.
std::optional<Instant> last_beacon(const store::TableStore& store, const std::string& region) {
    const auto found = store.get(
        {std::string(catalog::kRegionHealthTable), {{"region", region}, {"observer", region}}});
    const auto* at = found && *found ? item::find(**found, "probedAt") : nullptr;
    const auto* text = at == nullptr ? nullptr : at->as<std::string>();
    const auto instant = text == nullptr ? std::nullopt : std::optional(parse_instant(*text));
    return instant && *instant ? std::optional(**instant) : std::nullopt;
}

}  // namespace

functions::MoreDetails replication_lag(const store::TableStore& there, std::string here,
                                       const Clock& clock) {
    return [&there, here = std::move(here), &clock] {
        const auto begun = clock.now();
        auto seen = last_beacon(there, here);
        while ((!seen || *seen < begun) && clock.now() - begun < kWaitMax) {
            std::this_thread::sleep_for(kLookEvery);
            seen = last_beacon(there, here);
        }
        item::Map details{{"replicationLagMs", item::Null{}}};
        if (seen) {
            const auto lag = std::max(clock.now() - *seen, milliseconds{0});
            details["replicationLagMs"] = item::Number(lag.count());
        }
        return details;
    };
}

}  // namespace meridian::cloud
