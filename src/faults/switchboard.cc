#include "faults/switchboard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace meridian::faults {

using std::chrono::nanoseconds;

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
    return after(faults_, clock_.monotonic() - set_at_);
}

}  // namespace meridian::faults
