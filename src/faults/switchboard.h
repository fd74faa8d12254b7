// The switches of a region: what is broken on purpose now.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/adjustable_clock.h"
#include "base/result.h"
#include "faults/fault.h"

namespace meridian::faults {

// Role: keeps the faults, sets the region's clock by them, and tells links and disk whether they
// work. A fault that lasts for some time goes by itself. Nothing is kept beyond the process.
// Threads: any. Everything must outlive it.
class Switchboard {
  public:
    // Called after each set(), by who called it, with get().
    using OnChange = std::function<void(const Faults&)>;

    explicit Switchboard(AdjustableClock& clock, OnChange on_change = nullptr);

    // There is a link to that peer, which can be broken.
    void add_peer(std::string peer);

    // These, and no others. kInvalidInput, and nothing is changed: a peer that this region does not
    // have, or what check() says.
    [[nodiscard]] Result<void> set(Faults faults);
    // What is on, each with what is left of its time.
    [[nodiscard]] Faults get() const;

    // ---- For what breaks
    [[nodiscard]] LinkFault link(std::string_view peer) const;
    [[nodiscard]] bool disk_is_full() const;

  private:
    [[nodiscard]] Result<void> check_peers(const Faults& faults) const;
    [[nodiscard]] Faults remaining() const;

    AdjustableClock& clock_;
    const OnChange on_change_;

    mutable std::mutex mutex_;
    std::set<std::string, std::less<>> peers_;
    Faults faults_;                       // as they were set
    std::chrono::nanoseconds set_at_{0};  // from when on they last
};

}  // namespace meridian::faults
