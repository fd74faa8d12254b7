// One region over DynamoDB's tables, served from this machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "commands.h"

namespace meridian::app {

// Role: composition root of `serve --store dynamodb`: the functions and the management API by
// tables that are elsewhere. DynamoDB's own protocol, events, backups and what is about embedded
// replicas are not served. Threads: members from one thread.
class CloudServer {
  public:
    // The error says what is in the way and how to mend it. Not an error: the tables can't be read
    // yet; calls get the defaults until they can.
    [[nodiscard]] static Result<std::unique_ptr<CloudServer>> start(const ServeOptions& options);

    CloudServer(const CloudServer&) = delete;
    CloudServer& operator=(const CloudServer&) = delete;
    // Finishes what is being answered.
    ~CloudServer();

    [[nodiscard]] bool knows_its_peers() const { return true; }
    [[nodiscard]] std::uint16_t port() const;
    // "https://127.0.0.1:7401".
    [[nodiscard]] std::string url() const;

    // Reads the credentials, the certificate and its key again, and opens the access log again.
    void reload();

  private:
    struct Parts;
    explicit CloudServer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace meridian::app
