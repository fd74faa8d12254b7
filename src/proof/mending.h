// The items of one comparison that this region may have wrong, and what becomes of each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "proof/repairer.h"

namespace meridian::proof {

// Role: one step's work on what was found. Threads: one. Everything must outlive it.
class Mending {
  public:
    // `peers`: those that take part, in the order of a difference's states behind this region's.
    Mending(store::ReplicaStore& store, std::vector<const RepairPeer*> peers,
            const HeardFunction& heard, const Clock& clock, RepairReport& report)
        : store_(store), peers_(std::move(peers)), heard_(heard), clock_(clock), report_(report) {}

    // REQUIRES: of one table.
    void mend(std::span<const Difference> differences);

  private:
    struct Asked;    // an item, and what the peers say of it
    struct Waiting;  // a version that the store was given

    [[nodiscard]] std::vector<Asked> ask(std::span<const Difference> differences);
    void ask_peer(std::size_t peer, std::vector<Asked>& all);
    void decide(Asked& asked, const std::vector<replication::Heard>& heard,
                std::vector<Waiting>& waiting);
    void finish(std::vector<Waiting>& waiting);
    [[nodiscard]] bool is_about_to_come(const store::Stamp& stamp, const std::string& from,
                                        const std::vector<replication::Heard>& heard);
    [[nodiscard]] const RepairPeer* peer_named(const std::string& region) const;
    void leave(const Difference& difference, std::string why);

    store::ReplicaStore& store_;
    const std::vector<const RepairPeer*> peers_;
    const HeardFunction& heard_;
    const Clock& clock_;
    RepairReport& report_;
};

}  // namespace meridian::proof
