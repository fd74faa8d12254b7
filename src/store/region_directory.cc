#include "store/region_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace meridian::store {

RegionDirectory::RegionDirectory()
    : names_{std::string(kNoRegion), std::string(kEveryRegion)}, count_(kOwnRegionId) {}

std::optional<std::uint8_t> RegionDirectory::find(std::string_view name) const {
    const auto count = count_.load(std::memory_order_acquire);
    for (std::size_t id = 0; id < count; ++id) {
        if (names_[id] == name) {
            return static_cast<std::uint8_t>(id);
        }
    }
    return std::nullopt;
}

const std::string* RegionDirectory::name(std::uint8_t id) const {
    return id < count_.load(std::memory_order_acquire) ? &names_[id] : nullptr;
}

void RegionDirectory::add(std::string name) {
    const auto count = count_.load();
    CHECK(count < kNamesMax && !find(name));
    names_[count] = std::move(name);
    count_.store(count + 1, std::memory_order_release);
}

Result<std::vector<std::string>> RegionDirectory::unknown_in(const RemoteBatch& batch) const {
    std::vector<std::string> unknown;
    const auto meet = [&](const std::string& name) {
        if (!find(name) && std::ranges::find(unknown, name) == unknown.end()) {
            unknown.push_back(name);
        }
    };
    meet(batch.from);
    for (const auto& item : batch.items) {
        meet(item.state.version.stamp.region);
        for (const auto& stamp : item.state.version.seen) {
            meet(stamp.region);
        }
    }
    if (count_ + unknown.size() > kNamesMax) {
        return fail(ErrorCode::kNotSupported,
                    fmt::format("A store knows at most {} regions; {} of a batch of {} are more",
                                kRegionsMax, unknown.size(), batch.from));
    }
    return unknown;
}

}  // namespace meridian::store
