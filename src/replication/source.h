// Answers what peers ask.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "replication/heard.h"
#include "store/replica_store.h"

namespace meridian::replication {

// Called once, from any thread, with a frame.
using SourceReply = std::move_only_function<void(std::string)>;

// Who answers those that wait: a thread of the source's own, or whoever calls serve(), in
// simulations.
enum class Serving : std::uint8_t { kOwnThread, kByCaller };

// Role: answers questions from this region's store. Whoever asks for changes when there are none
// waits, without a thread, until a client writes or its time is over. Bad questions are answered
// with their error. Each page is of a new view. Threads: any; answer() may read the disk.
// Everything must outlive it.
class Source {
  public:
    Source(store::ReplicaStore& store, HeardTable& heard, const Clock& clock,
           Serving serving = Serving::kOwnThread);
    ~Source();  // answers who still waits
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    // `from`: the region that asks, as the link has proved.
    void answer(std::string_view from, std::string_view question, SourceReply reply);

    // Answers those who wait and have something to hear, or whose time is over.
    void serve();

    // Nobody waits any longer, now or later: for a process that is about to end.
    void stop();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meridian::replication
