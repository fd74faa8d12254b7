// The way to one peer.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace meridian::replication {

// Role: port; carries a question to a peer and its answer back, both as frames (wire.h). Who the
// peer is, and that nobody changed a byte on the way, is the link's to prove. Threads: one at a
// time.
class Link {
  public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    // Blocks until the answer is there, at most `timeout`. kUnavailable: nobody answers there;
    // kTimeout; kAccessDenied: one of both has another secret, or is not the region that the other
    // one expects.
    [[nodiscard]] virtual Result<std::string> ask(const std::string& question,
                                                  std::chrono::milliseconds timeout) = 0;
};

}  // namespace meridian::replication
