// The hash of a set that changes by one element at a time.
//
// It is the sum, modulo 2^256, of the SHA-256 of each element. So it does not depend on order, and
// putting and erasing an element gives the former hash again.
//
// Guarantees: equal sets have equal hashes on any machine. Sets that differ in few elements have
// different ones, as surely as SHA-256 tells texts apart. Not guaranteed: resistance to someone who
// can choose millions of elements freely in order to make two sets collide (Wagner, "A Generalized
// Birthday Problem", 2002). It detects differences between regions; it proves nothing against an
// attacker who writes the rules.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "calendar/schedule.h"

namespace meridian::routing {

class ContentSum {
  public:
    void add(std::span<const std::byte> element);
    void remove(std::span<const std::byte> element);  // REQUIRES: it was added

    // Least significant byte first.
    [[nodiscard]] std::array<std::uint8_t, 32> bytes() const;

  private:
    using Words = std::array<std::uint64_t, 4>;  // least significant first
    [[nodiscard]] static Words digest(std::span<const std::byte> element);

    Words words_{};
};

// Everything of a schedule that status_at can see, and its id; not its name. No two schedules have
// the same encoding, and none has that of a rule.
[[nodiscard]] std::string canonical(const calendar::Schedule& schedule);

}  // namespace meridian::routing
