#include "faults/switchboard.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace meridian::faults {

using std::chrono::nanoseconds;

Switchboard::Switchboard(AdjustableClock& clock, OnChange on_change)
    : clock_(clock), on_change_(std::move(on_change)) {}

void Switchboard::add_peer(std::string peer) {
    const std::lock_guard lock(mutex_);
    peers_.insert(std::move(peer));
}

Result<void> Switchboard::set(Faults faults) {
    if (auto sound = check(faults); !sound) {
        return sound;
    }
    std::erase_if(faults.links, [](const auto& entry) { return !entry.second.is_on(); });
    Faults now_on;
    {
        const std::lock_guard lock(mutex_);
        if (auto known = check_peers(faults); !known) {
            return known;
        }
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

Result<void> Switchboard::check_peers(const Faults& faults) const {
    for (const auto& [peer, link] : faults.links) {
        if (!peers_.contains(peer)) {
            return fail(ErrorCode::kInvalidInput,
                        peers_.empty()
                            ? std::string("this region has no peers, so no link to break")
                            : fmt::format("this region has no peer of that name; it has: {}",
                                          fmt::join(peers_, ", ")));
        }
    }
    return {};
}

Faults Switchboard::remaining() const {
    return after(faults_, clock_.monotonic() - set_at_);
}

}  // namespace meridian::faults
