// Addresses of hosts, by name, within a deadline that the system's resolver doesn't know.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace meridian::net {

struct HostAddress {
    sockaddr_storage address{};
    socklen_t bytes = 0;
};
using HostAddresses = std::vector<HostAddress>;

// Role: asks the resolver on a thread of the name's own, once for all who wait for it, and keeps
// what it said for ten seconds. An answer that fails or is late is replaced by the one before.
// Threads: any. Ownership: threads that wait for the resolver outlive it, and end with its answer;
// there are 16 at most.
class HostLookup {
  public:
    // Blocks. As getaddrinfo() for streams, the port left open.
    using Resolve = std::function<Result<HostAddresses>(const std::string& host)>;

    HostLookup();
    explicit HostLookup(Resolve resolve);

    // An address in numbers needs no resolver. kUnavailable: there is no such host, or the answer
    // isn't there in time. Not empty.
    [[nodiscard]] Result<HostAddresses> find(const std::string& host, std::uint16_t port,
                                             std::chrono::steady_clock::time_point deadline);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

// The process's.
[[nodiscard]] HostLookup& system_lookup();

}  // namespace meridian::net
