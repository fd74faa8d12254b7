#include "fault/breakable.h"

#include <utility>

#include "base/log.h"
#include "fault/fault_file.h"
#include "faults/faulty_link.h"
#include "region_process.h"

namespace meridian::app {
namespace {

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "::1";
}

}  // namespace

Result<void> Breakable::allow(const std::string& address) {
    if (!is_loopback(address)) {
        return fail(ErrorCode::kInvalidInput,
                    "--faults lets operators break the region on purpose, for drills on one "
                    "machine: leave it out, or listen on --address 127.0.0.1");
    }
    switches_.emplace(clock_, [this](const faults::Faults& faults) { note(faults); });
    return {};
}

Result<void> Breakable::begin(const std::filesystem::path& folder) {
    folder_ = folder;
    auto done = write_region_process(folder);
    // What was broken in a former process is whole in this one.
    return done ? write_faults(folder, {}, machine_clock_) : done;
}

std::function<bool()> Breakable::disk_is_full() const {
    return switches_ ? [this] { return switches_->disk_is_full(); } : std::function<bool()>();
}

std::unique_ptr<replication::Link> Breakable::link(const std::string& peer,
                                                   std::unique_ptr<replication::Link> link,
                                                   Random& random) {
    if (!switches_) {
        return link;
    }
    switches_->add_peer(peer);
    return std::make_unique<faults::FaultyLink>(
        peer, std::move(link), *switches_,
        faults::LinkSurroundings{.clock = machine_clock_, .random = random, .sleep = nullptr});
}

void Breakable::note(const faults::Faults& faults) const {
    if (folder_.empty()) {
        return;
    }
    if (const auto done = write_faults(folder_, faults, machine_clock_); !done) {
        log(LogLevel::kWarn, "faults", "{}", done.error().message);
    }
}

}  // namespace meridian::app
