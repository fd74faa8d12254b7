// What the commands of `meridian fault` do to a cluster.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "fault/cluster.h"
#include "faults/fault.h"

namespace meridian::app {

// Changes a region's faults; the others stay. Errors: Cluster's; a region that is stopped can't be
// told.
[[nodiscard]] Result<void> change_faults(const Cluster& cluster, const std::string& region,
                                         const std::function<void(faults::Faults&)>& change);

// What is written in `a` and heard in `b`; and the other way, unless it is one way.
struct LinkOf {
    std::string a;
    std::string b;
    bool one_way = false;
};
// Changes how they hear each other. Nothing is changed unless both can be told.
[[nodiscard]] Result<void> change_links(const Cluster& cluster, const LinkOf& link,
                                        const std::function<void(faults::LinkFault&)>& change);

// Lets all go on, and takes all faults back; a region that cannot be told doesn't keep the others
// from it. The error names those.
[[nodiscard]] Result<void> heal_all(const Cluster& cluster);

// On standard output. The error, after what is known, names regions that don't answer.
[[nodiscard]] Result<void> print_faults(const Cluster& cluster);
[[nodiscard]] Result<void> print_faults_as_json(const Cluster& cluster);

// So long, or until SIGINT or SIGTERM.
void wait_for_signal_or(std::chrono::milliseconds time);

}  // namespace meridian::app
