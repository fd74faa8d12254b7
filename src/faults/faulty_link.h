// A link that is cut, slow, narrow, or mixes answers up, as the switchboard says.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "faults/switchboard.h"
#include "replication/link.h"

namespace meridian::faults {

// What links need of the world; tests put their own time in its place.
struct LinkSurroundings {
    const Clock& clock;
    Random& random;
    std::function<void(std::chrono::nanoseconds)> sleep;  // empty: sleeps really
};

// Role: another link, with the faults that are on when a question is asked and when its answer
// comes. Reordered, an answer may be one that a question of the same kind has had, or should have
// had, some seconds before, and comes later itself, or never. Ownership: has the other link; board
// and surroundings must outlive it. Threads and errors: as replication::Link; a cut link is
// kUnavailable, one that is too slow for the time that the question has kTimeout.
class FaultyLink final : public replication::Link {
  public:
    FaultyLink(std::string peer, std::unique_ptr<replication::Link> link, const Switchboard& board,
               LinkSurroundings surroundings);

    [[nodiscard]] Result<std::string> ask(const std::string& question,
                                          std::chrono::milliseconds timeout) override;

  private:
    struct Late {
        std::chrono::nanoseconds at;
        std::size_t kind;  // of the question
        std::string answer;
    };

    [[nodiscard]] Error cut_error() const;
    [[nodiscard]] std::string swapped(const std::string& question, std::string answer);
    [[nodiscard]] std::chrono::nanoseconds delay_of(const LinkFault& fault,
                                                    std::size_t answer_bytes) const;

    const std::string peer_;
    const std::unique_ptr<replication::Link> link_;
    const Switchboard& board_;
    const LinkSurroundings surroundings_;
    std::deque<Late> late_;  // answers that may still come, oldest first
};

}  // namespace meridian::faults
