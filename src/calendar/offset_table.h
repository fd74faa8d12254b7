// A zone's offsets from UTC over all time, as spans of constant offset. Within a span the wall
// clock runs straight on; gaps and overlaps lie where two spans meet.
//
// Threads: immutable; any.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "calendar/schedule.h"

namespace meridian::calendar {

class OffsetTable {
  public:
    struct Transition {
        std::chrono::sys_seconds at;
        std::chrono::seconds offset;  // from `at` on; east of UTC is positive
    };
    struct Span {
        std::chrono::sys_seconds from;   // included; sys_seconds::min(): since ever
        std::chrono::sys_seconds until;  // excluded; sys_seconds::max(): for ever
        std::chrono::seconds offset;
    };
    // kRecur: the last 400 years of transitions repeat for ever, as the Gregorian calendar does.
    enum class After : std::uint8_t { kConstant, kRecur };

    // REQUIRES: `transitions` ascend; with kRecur they follow one yearly rule for their last 400
    // years.
    OffsetTable(std::chrono::seconds before_all, const std::vector<Transition>& transitions,
                After after);

    [[nodiscard]] std::chrono::seconds offset_at(std::chrono::sys_seconds at) const;
    [[nodiscard]] Span span_at(std::chrono::sys_seconds at) const;

  private:
    // How far `at` lies in repetitions of the table; taking it off leads into the table.
    [[nodiscard]] std::chrono::seconds recurrence(std::chrono::sys_seconds at) const;
    [[nodiscard]] std::size_t index_of(std::chrono::sys_seconds at) const;

    std::vector<std::chrono::sys_seconds> starts_;  // the first one is sys_seconds::min()
    std::vector<std::chrono::seconds> offsets_;     // as long as starts_
    std::chrono::sys_seconds recurs_from_ = std::chrono::sys_seconds::max();
};

struct Zone::Data {
    OffsetTable offsets;
};

}  // namespace meridian::calendar
