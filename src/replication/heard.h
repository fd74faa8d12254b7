// Who has heard whom, and up to when: what must be known before deletes may be forgotten.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hybrid_clock.h"
#include "replication/message.h"

namespace meridian::replication {

// Role: the table of all observers and origins, of which each region tells its peers what it knows.
// Entries only move forward. Threads: any.
class HeardTable {
  public:
    // The regions that count: this one and its peers.
    explicit HeardTable(std::vector<std::string> regions);

    // A region more.
    void add(std::string region);

    void note(const Heard& heard);
    void note(const std::vector<Heard>& heard);
    [[nodiscard]] std::vector<Heard> all() const;

    // Everything that any region wrote up to then, every other one has applied. Nothing: not known
    // of some pair yet.
    [[nodiscard]] std::optional<HybridTime> everywhere() const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> regions_;
    std::map<std::pair<std::string, std::string>, HybridTime, std::less<>> through_;
};

}  // namespace meridian::replication
