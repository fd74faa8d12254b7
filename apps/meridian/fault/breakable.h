// What of a region's process drills can break: its clock, its disk, its links.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/adjustable_clock.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "faults/switchboard.h"
#include "replication/link.h"

namespace meridian::app {

// Role: makes them, with the switches when those are allowed, and keeps FOLDER/pid and
// FOLDER/faults.json. Must outlive all that it makes. Threads: of the start; what it makes any.
class Breakable {
  public:
    Breakable() = default;
    Breakable(const Breakable&) = delete;
    Breakable& operator=(const Breakable&) = delete;

    // From here on there are switches. kInvalidInput: the region would listen on an address that
    // others than this machine reach.
    [[nodiscard]] Result<void> allow(const std::string& address);
    // The process has the tables of that folder now. kIo.
    [[nodiscard]] Result<void> begin(const std::filesystem::path& folder);

    // The region's wall clock.
    [[nodiscard]] const Clock& clock() const { return clock_; }
    // For RocksDbOptions.
    [[nodiscard]] std::function<bool()> disk_is_full() const;
    // The link, or one around it.
    [[nodiscard]] std::unique_ptr<replication::Link> link(const std::string& peer,
                                                          std::unique_ptr<replication::Link> link,
                                                          Random& random);
    // Null: nothing can be broken.
    [[nodiscard]] faults::Switchboard* switches() { return switches_ ? &*switches_ : nullptr; }

  private:
    void note(const faults::Faults& faults) const;

    SystemClock machine_clock_;
    AdjustableClock clock_{machine_clock_};
    std::filesystem::path folder_;  // empty: there is none
    std::optional<faults::Switchboard> switches_;
};

}  // namespace meridian::app
