#include "base/deadline.h"

#include <algorithm>

namespace meridian {
namespace {

thread_local std::optional<Deadline> deadline_here;

}  // namespace

std::optional<Deadline> current_deadline() {
    return deadline_here;
}

Deadline deadline_within(std::chrono::milliseconds longest) {
    const auto own = std::chrono::steady_clock::now() + longest;
    return deadline_here ? std::min(own, *deadline_here) : own;
}

ScopedDeadline::ScopedDeadline(Deadline deadline) : before_(deadline_here) {
    deadline_here = before_ ? std::min(*before_, deadline) : deadline;
}

ScopedDeadline::ScopedDeadline(std::chrono::milliseconds longest)
    : ScopedDeadline(std::chrono::steady_clock::now() + longest) {}

ScopedDeadline::~ScopedDeadline() {
    deadline_here = before_;
}

}  // namespace meridian
