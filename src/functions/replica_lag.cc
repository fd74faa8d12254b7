#include "functions/replica_lag.h"

#include <algorithm>
#include <string>

#include "base/instant.h"
#include "catalog/tables.h"
#include "item/value.h"

namespace meridian::functions {
namespace {

// When the region's own check wrote last, as far as that replica knows. Nothing: it can't be read.
// 1970: it has no such item.
std::optional<Instant> last_check(const store::TableStore& replica, std::string_view region) {
    const auto found = replica.get(
        {std::string(catalog::kRegionHealthTable), {{"region", region}, {"observer", region}}});
    if (!found) {
        return std::nullopt;
    }
    const auto* value = *found ? item::find(**found, "probedAt") : nullptr;
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? Instant{} : parse_instant(*text).value_or(Instant{});
}

}  // namespace

std::optional<std::chrono::milliseconds> replica_lag(const store::TableStore& here,
                                                     const store::TableStore& there,
                                                     std::string_view region, const Clock& clock) {
    // In this order: what comes in between makes the lag smaller, not larger.
    const auto written = last_check(there, region);
    const auto arrived = written ? last_check(here, region) : std::nullopt;
    if (!arrived || *written == Instant{}) {
        return std::nullopt;
    }
    if (*arrived >= *written) {
        return std::chrono::milliseconds{0};
    }
    return std::max(clock.now() - *written, std::chrono::milliseconds{0});  // by another clock
}

}  // namespace meridian::functions
