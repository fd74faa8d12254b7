// The connections of a loop, by what they wait for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>
#include <vector>

namespace meridian::net {

class Connection;

// Each has a time of its own, the same for all that wait for it.
enum class Wait : std::uint8_t {
    kNothing,    // a request of it is being worked on
    kHandshake,  // its first words
    kIdle,       // a request
    kHead,       // the rest of one
    kBody,
    kReply,  // the handler's
    kRoom,   // its client to take what was sent
    kLinger  // its client to close, too
};
inline constexpr std::size_t kWaits = 8;

// Whoever has waited longest for a thing stands first in the list of it: the next whose time is up,
// and the next to go when there is no room for others. Ownership: the connections.
class WaitingRoom {
  public:
    using List = std::list<std::shared_ptr<Connection>>;
    using Place = List::iterator;  // good until leave()

    // Waiting for nothing.
    [[nodiscard]] Place enter(std::shared_ptr<Connection> connection) {
        List& list = list_of(Wait::kNothing);
        return list.insert(list.end(), std::move(connection));
    }
    void move(Place place, Wait from, Wait to) {
        List& list = list_of(to);
        list.splice(list.end(), list_of(from), place);
    }
    void leave(Place place, Wait from) { list_of(from).erase(place); }

    [[nodiscard]] const List& waiting_for(Wait wait) const {
        return lists_[static_cast<std::size_t>(wait)];
    }
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> everyone() const {
        std::vector<std::shared_ptr<Connection>> all;
        for (const List& list : lists_) {
            all.insert(all.end(), list.begin(), list.end());
        }
        return all;
    }

  private:
    [[nodiscard]] List& list_of(Wait wait) { return lists_[static_cast<std::size_t>(wait)]; }

    std::array<List, kWaits> lists_;
};

}  // namespace meridian::net
