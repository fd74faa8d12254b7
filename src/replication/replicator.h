// A region's part in replication: answers its peers, and follows each of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "replication/link.h"
#include "replication/source.h"
#include "store/replica_store.h"

namespace meridian::replication {

struct Peer {
    std::string region;
    std::unique_ptr<Link> link;
};

enum class LinkState : std::uint8_t {
    kConnecting,  // not heard since the start
    kCatchingUp,  // pages of everything, or a log that is far behind
    kFollowing,
    kUnreachable,  // `error` says why; tried again
    kRefused,      // another secret, another version, another key of a table: people must see to it
};
[[nodiscard]] std::string_view to_string(LinkState state);

// How long changes took from their write there until they could be read here.
struct Lag {
    std::chrono::milliseconds p50{0};
    std::chrono::milliseconds p99{0};
    std::uint64_t items = 0;  // that this is about: of the last minute
};

// The way from one peer to here.
struct LinkStatus {
    std::string peer;
    LinkState state = LinkState::kConnecting;
    std::string error;
    Lag lag;
    // Since when the oldest change that has not arrived waits, as far as it is known: of a peer
    // that can't be reached, since it was last heard completely. Zero: nothing waits.
    std::chrono::milliseconds oldest_waiting{0};
    std::optional<std::chrono::milliseconds> last_heard;  // so long ago
    store::Cursor cursor;
    store::SequenceNumber peer_sequence = 0;  // of the peer's log, when it was last heard
    std::uint64_t items_applied = 0;          // since the start of this process
    std::uint64_t conflicts = 0;              // found on the way
    std::uint64_t pages = 0;                  // of catching up from everything
};

struct ReplicatorOptions {
    std::chrono::milliseconds poll{500};         // the longest wait for changes: the heartbeat
    std::chrono::milliseconds timeout{2'000};    // of an answer, beyond the wait
    std::chrono::milliseconds retry_first{100};  // after an error, doubled up to
    std::chrono::milliseconds retry_max{2'000};
    std::chrono::seconds collect_every{60};  // deletes that everybody has heard
};

// Role: a thread a peer that pulls, one that collects tombstones. Everything must outlive it.
// Threads: any.
class Replicator {
  public:
    Replicator(store::ReplicaStore& store, std::vector<Peer> peers, ReplicatorOptions options,
               const Clock& clock, Random& random);
    ~Replicator();  // stop()
    Replicator(const Replicator&) = delete;
    Replicator& operator=(const Replicator&) = delete;

    // A peer more; one of the same name goes first. Before or after start().
    void add(Peer peer);

    // Before this, only source() works.
    void start();
    // Finishes the batches that are under way.
    void stop();

    [[nodiscard]] Source& source();
    [[nodiscard]] std::vector<LinkStatus> status() const;
    // Whether each peer was heard completely at least once, or could not be reached. For a region
    // that has just started: whether waiting longer would bring anything.
    [[nodiscard]] bool has_caught_up() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meridian::replication
