// Where peers ask: POST /replication.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "api/answer.h"
#include "api/peer_proof.h"
#include "api/principals.h"
#include "api/workers.h"
#include "base/clock.h"
#include "base/log_limit.h"
#include "base/random.h"
#include "net/http.h"
#include "replication/source.h"

namespace meridian::api {

// Everything must outlive the door.
struct PeerDoorParts {
    std::string region;
    // Whether a region that has proved to have the secret, and answers at that URL, may ask. Called
    // on the server's threads for each question; must be quick.
    std::function<bool(std::string_view region, std::string_view url)> welcomes;
    Principals& principals;
    replication::Source& source;
    const Clock& clock;
    Random& random;
};

// Role: lets in whoever proves to be a peer (peer_proof.h), and takes the question to the source.
// All others get 401 or 403 and a line in the log. Has threads of its own: replication goes on
// while clients keep all others busy. Threads: any.
class PeerDoor {
  public:
    explicit PeerDoor(PeerDoorParts parts);

    // `answer` is called now or when there is something to tell.
    void handle(const net::Request& request, Answer answer);

  private:
    enum class Verdict : std::uint8_t { kWelcome, kChallenge, kRefused };

    [[nodiscard]] Verdict judge(const net::Request& request, const PeerKey& key);
    [[nodiscard]] std::string challenge(std::uint64_t epoch) const;
    [[nodiscard]] std::uint64_t epoch() const;

    PeerDoorParts parts_;
    std::string secret_;  // of the challenges: another one in each life of this process
    LogLimit refusals_;
    Workers workers_;
};

}  // namespace meridian::api
