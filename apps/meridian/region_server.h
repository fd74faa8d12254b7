// One region, put together: tables, catalog, functions, endpoint, server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "commands.h"

namespace meridian::app {

// Role: composition root of a region process. Threads: members from one thread.
class RegionServer {
  public:
    // Opens the tables, reads them, and starts to answer. The error says what is in the way and how
    // to mend it.
    [[nodiscard]] static Result<std::unique_ptr<RegionServer>> start(const ServeOptions& options);

    RegionServer(const RegionServer&) = delete;
    RegionServer& operator=(const RegionServer&) = delete;
    // Finishes what is being answered, then closes the tables.
    ~RegionServer();

    // A region that nobody has ever written to answers at once, but hardly knows anything: false
    // until it has what its peers have, at most for a minute.
    [[nodiscard]] bool knows_its_peers() const;

    [[nodiscard]] std::uint16_t port() const;
    // "https://127.0.0.1:7401".
    [[nodiscard]] std::string url() const;

    // Reads the credentials, the certificate and its key again, and opens the access log again.
    // What cannot be used is logged, and what was before goes on.
    void reload();

  private:
    struct Parts;
    explicit RegionServer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace meridian::app
