#include "faults/switchboard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace meridian::faults {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// The fault after so long: with less time left, or none any more.
template <typename Fault>
Fault after(const Fault& fault, nanoseconds elapsed) {
    if (!fault.lasts || !fault.is_on()) {
        return fault;
    }
    if (elapsed >= *fault.lasts) {
        return {};
    }
    auto left = fault;
    left.lasts = std::chrono::ceil<milliseconds>(*fault.lasts - elapsed);
    return left;
}

}  // namespace

Switchboard::Switchboard(std::vector<std::string> peers, AdjustableClock& clock, OnChange on_change)
    : peers_(std::move(peers)), clock_(clock), on_change_(std::move(on_change)) {}

Result<void> Switchboard::set(Faults faults) {
    for (const auto& [peer, link] : faults.links) {
        if (std::ranges::find(peers_, peer) == peers_.end()) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("this region has no peer of that name; it has: {}",
                                    fmt::join(peers_, ", ")));
        }
    }
    if (auto sound = check(faults); !sound) {
        return sound;
    }
    std::erase_if(faults.links, [](const auto& entry) { return !entry.second.is_on(); });
    Faults now_on;
    {
        const std::lock_guard lock(mutex_);
        set_at_ = clock_.monotonic();
        faults_ = std::move(faults);
        const auto& lasts = faults_.clock.lasts;
        clock_.set(faults_.clock.offset, lasts ? set_at_ + *lasts : nanoseconds::max());
        now_on = remaining();
    }
    if (on_change_) {
        on_change_(now_on);
    }
    return {};
}

Faults Switchboard::get() const {
    const std::lock_guard lock(mutex_);
    return remaining();
}

LinkFault Switchboard::link(std::string_view peer) const {
    const std::lock_guard lock(mutex_);
    const auto found = faults_.links.find(peer);
    return found == faults_.links.end() ? LinkFault{}
                                        : after(found->second, clock_.monotonic() - set_at_);
}

bool Switchboard::disk_is_full() const {
    const std::lock_guard lock(mutex_);
    return faults_.disk.full && after(faults_.disk, clock_.monotonic() - set_at_).full;
}

Faults Switchboard::remaining() const {
    const auto elapsed = clock_.monotonic() - set_at_;
    Faults left{.clock = after(faults_.clock, elapsed), .disk = after(faults_.disk, elapsed)};
    for (const auto& [peer, link] : faults_.links) {
        if (auto still = after(link, elapsed); still.is_on()) {
            left.links.emplace(peer, std::move(still));
        }
    }
    return left;
}

}  // namespace meridian::faults
