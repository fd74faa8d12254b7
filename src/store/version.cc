#include "store/version.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <utility>

namespace meridian::store {
namespace {

// Such stamps are times before 2005.
constexpr int kFingerprintBits = 56;

bool is_region_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

auto place_of(std::vector<Stamp>& seen, std::string_view region) {
    return std::ranges::lower_bound(seen, region, {}, &Stamp::region);
}

const Stamp* find(const std::vector<Stamp>& seen, std::string_view region) {
    const auto found = std::ranges::lower_bound(seen, region, {}, &Stamp::region);
    return found == seen.end() || found->region != region ? nullptr : &*found;
}

void add(std::vector<Stamp>& seen, const Stamp& stamp) {
    const auto place = place_of(seen, stamp.region);
    if (place == seen.end() || place->region != stamp.region) {
        seen.insert(place, stamp);
    } else {
        place->time = std::max(place->time, stamp.time);
    }
}

void remove(std::vector<Stamp>& seen, std::string_view region) {
    const auto place = place_of(seen, region);
    if (place != seen.end() && place->region == region) {
        seen.erase(place);
    }
}

std::unexpected<Error> impossible(std::string_view what) {
    return fail(ErrorCode::kInvalidInput, fmt::format("A version {}", what));
}

Result<void> check_stamp(const Stamp& stamp) {
    if (stamp.time == HybridTime{} || stamp.time >= kHybridTimeEnd) {
        return impossible("with a time that no clock gives");
    }
    if (stamp.region == kNoRegion) {
        return {};
    }
    return check_region(stamp.region);
}

}  // namespace

bool includes(const Version& version, const Stamp& stamp) {
    const auto* known =
        version.stamp.region == stamp.region ? &version.stamp : find(version.seen, stamp.region);
    if (stamp.region == kNoRegion) {  // such stamps are not in an order of time
        return known != nullptr && known->time == stamp.time;
    }
    if (known != nullptr && known->time >= stamp.time) {
        return true;
    }
    const auto* all = find(version.seen, kEveryRegion);
    return all != nullptr && all->time >= stamp.time;
}

Version succeed(Version seen, Stamp stamp) {
    if (seen && seen.stamp.region != stamp.region) {
        remove(seen.seen, stamp.region);
        add(seen.seen, seen.stamp);
    }
    return {std::move(stamp), std::move(seen.seen)};
}

Version join(const Version& a, const Version& b) {
    const Version& older = a.stamp < b.stamp ? a : b;
    Version joined = a.stamp < b.stamp ? b : a;
    for (const auto& stamp : older.seen) {
        add(joined.seen, stamp);
    }
    if (older) {
        add(joined.seen, older.stamp);
    }
    remove(joined.seen, joined.stamp.region);
    return joined;
}

Stamp unversioned_stamp(std::string_view encoded) {
    const auto hash = XXH3_64bits(encoded.data(), encoded.size()) >> (64 - kFingerprintBits);
    return {HybridTime{std::max<std::uint64_t>(hash, 1)}, std::string(kNoRegion)};
}

Result<void> check_version(const Version& version) {
    if (auto checked = check_stamp(version.stamp); !checked) {
        return checked;
    }
    if (version.seen.size() > kRegionsMax + 1) {  // and kNoRegion, kEveryRegion; not its own
        return impossible(fmt::format("of more than {} regions", kRegionsMax));
    }
    const Stamp* last = nullptr;
    for (const auto& stamp : version.seen) {
        if (last != nullptr && last->region >= stamp.region) {
            return impossible("that names its regions out of order");
        }
        last = &stamp;
        if (stamp.region == version.stamp.region || stamp >= version.stamp) {
            return impossible("that has seen what came after it");
        }
        if (stamp.region == kEveryRegion && stamp.time < version.stamp.time) {
            continue;
        }
        if (auto checked = check_stamp(stamp); !checked) {
            return checked;
        }
    }
    if (version.stamp.region == kNoRegion && !version.seen.empty()) {
        return impossible("of no region that has seen others");
    }
    return {};
}

Result<void> check_region(std::string_view name) {
    if (name.empty() || name.size() > kRegionNameBytesMax ||
        !std::ranges::all_of(name, is_region_character)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("A region's name must have 1 to {} letters, digits, '-', '_' or "
                                "'.'; this one has {} bytes",
                                kRegionNameBytesMax, name.size()));
    }
    return {};
}

}  // namespace meridian::store
