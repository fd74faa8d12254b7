#include "calendar/offset_table.h"

#include <algorithm>

namespace meridian::calendar {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr seconds kGregorianCycle = days{146'097};  // 400 years, and whole weeks

}  // namespace

OffsetTable::OffsetTable(seconds before_all, const std::vector<Transition>& transitions,
                         After after) {
    starts_.reserve(transitions.size() + 1);
    offsets_.reserve(transitions.size() + 1);
    starts_.push_back(sys_seconds::min());
    offsets_.push_back(before_all);
    for (const Transition& transition : transitions) {
        if (transition.offset != offsets_.back()) {
            starts_.push_back(transition.at);
            offsets_.push_back(transition.offset);
        }
    }
    if (after == After::kRecur && starts_.size() > 1) {
        recurs_from_ = starts_.back();
    }
}

seconds OffsetTable::recurrence(sys_seconds at) const {
    if (at < recurs_from_) [[likely]] {
        return seconds{0};
    }
    return ((at - recurs_from_) / kGregorianCycle + 1) * kGregorianCycle;
}

std::size_t OffsetTable::index_of(sys_seconds at) const {
    const auto next = std::upper_bound(starts_.begin() + 1, starts_.end(), at);
    return static_cast<std::size_t>(next - starts_.begin()) - 1;
}

seconds OffsetTable::offset_at(sys_seconds at) const {
    return offsets_[index_of(at - recurrence(at))];
}

OffsetTable::Span OffsetTable::span_at(sys_seconds at) const {
    const seconds shift = recurrence(at);
    const std::size_t index = index_of(at - shift);
    const bool last = index + 1 == starts_.size();
    return {.from = index == 0 ? sys_seconds::min() : starts_[index] + shift,
            .until = last ? sys_seconds::max() : starts_[index + 1] + shift,
            .offset = offsets_[index]};
}

}  // namespace meridian::calendar
