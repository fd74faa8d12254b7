// What can be broken on purpose in a region, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"

namespace meridian::faults {

// For how long; nothing: until it is taken back, or the process ends.
using Lasting = std::optional<std::chrono::milliseconds>;

enum class Cut : std::uint8_t {
    kNone,
    kQuestions,  // nothing gets through to the peer
    kAnswers,    // the peer answers, and its answers are lost
};

// The way from one peer to this region, by which this region hears of the peer's writes.
struct LinkFault {
    Cut cut = Cut::kNone;
    std::chrono::milliseconds delay{0};   // that an answer comes later
    std::chrono::milliseconds jitter{0};  // and up to so much more, at random
    std::uint64_t bytes_per_second = 0;   // 0: as fast as it goes
    bool reorder = false;                 // answers come late, twice, and after newer ones
    Lasting lasts = std::nullopt;

    [[nodiscard]] bool is_on() const;
    friend bool operator==(const LinkFault&, const LinkFault&) = default;
};

struct ClockFault {
    std::chrono::milliseconds offset{0};  // added to the wall clock
    Lasting lasts = std::nullopt;

    [[nodiscard]] bool is_on() const { return offset.count() != 0; }
    friend bool operator==(const ClockFault&, const ClockFault&) = default;
};

struct DiskFault {
    bool full = false;
    Lasting lasts = std::nullopt;

    [[nodiscard]] bool is_on() const { return full; }
    friend bool operator==(const DiskFault&, const DiskFault&) = default;
};

// All of a region's.
struct Faults {
    std::map<std::string, LinkFault, std::less<>> links = {};  // by peer
    ClockFault clock = {};
    DiskFault disk = {};

    friend bool operator==(const Faults&, const Faults&) = default;
};

inline constexpr std::chrono::milliseconds kDelayMax{60'000};
inline constexpr std::chrono::hours kOffsetMax{24 * 30};
inline constexpr std::chrono::hours kLastsMax{24 * 30};

// kInvalidInput names the fault and its limit: a delay or jitter above kDelayMax, an offset beyond
// kOffsetMax either way, a time that is negative, none at all, or above kLastsMax.
[[nodiscard]] Result<void> check(const Faults& faults);

// What is still on after so long, each with less time left.
[[nodiscard]] LinkFault after(const LinkFault& fault, std::chrono::nanoseconds elapsed);
[[nodiscard]] DiskFault after(const DiskFault& fault, std::chrono::nanoseconds elapsed);
[[nodiscard]] Faults after(const Faults& faults, std::chrono::nanoseconds elapsed);

}  // namespace meridian::faults
