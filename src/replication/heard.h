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
// Entries only move forward, except those of an observer with another log: it lost its tables, and
// has heard nobody. Which log is an observer's own only the observer itself says, so that what
// others still tell of its former life does not count. Threads: any.
class HeardTable {
  public:
    // The regions that count: this one and its peers.
    explicit HeardTable(std::vector<std::string> regions);

    // A region more. Not an error: it counts already.
    void add(std::string_view region);

    // Not an error: a region that doesn't count, or one's own changes. It is passed over.
    void note(const Heard& heard);
    void note(const std::vector<Heard>& heard);
    [[nodiscard]] std::vector<std::string> regions() const;

    // The region itself said which log is its own.
    void note_log(std::string_view region, store::LogId log);
    [[nodiscard]] std::vector<Heard> all() const;

    // Everything that any region wrote up to then, every other one has applied. Nothing: not known
    // of some pair, or of some region's log, yet.
    [[nodiscard]] std::optional<HybridTime> everywhere() const;

  private:
    struct Entry {
        HybridTime through;
        store::LogId log{};
    };

    [[nodiscard]] bool counts(std::string_view region) const;  // under the mutex, as the next
    [[nodiscard]] bool is_of_former_log(const std::string& observer, store::LogId log) const;

    mutable std::mutex mutex_;
    std::vector<std::string> regions_;
    std::map<std::string, store::LogId, std::less<>> logs_;
    std::map<std::pair<std::string, std::string>, Entry> entries_;  // observer, origin
};

}  // namespace meridian::replication
