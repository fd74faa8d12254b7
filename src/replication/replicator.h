// A region's part in replication: answers its peers, and follows each of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "replication/link.h"
#include "replication/link_status.h"
#include "replication/message.h"
#include "replication/source.h"
#include "store/replica_store.h"

namespace meridian::replication {

struct Peer {
    std::string region;
    std::unique_ptr<Link> link;
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
    // What this region knows of who has heard whom.
    [[nodiscard]] std::vector<Heard> heard() const;
    // Whether each peer was heard completely at least once, or could not be reached. For a region
    // that has just started: whether waiting longer would bring anything.
    [[nodiscard]] bool has_caught_up() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meridian::replication
