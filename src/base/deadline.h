// How long the work that a thread does for somebody may still take.
//
// A deadline comes with a request (a Lambda invocation, a call's budget), and whoever waits on the
// way for something outside (a table, a credentials endpoint) keeps to it without being handed it.
#pragma once

#include <chrono>
#include <optional>

namespace meridian {

using Deadline = std::chrono::steady_clock::time_point;

// The calling thread's; nothing: there is none.
[[nodiscard]] std::optional<Deadline> current_deadline();

// `longest` from now, or the calling thread's deadline where that is sooner.
[[nodiscard]] Deadline deadline_within(std::chrono::milliseconds longest);

// The calling thread's deadline is this one until the end of the scope, or an earlier one that
// there was before. Ownership: on the stack. Threads: its own only.
class ScopedDeadline {
  public:
    explicit ScopedDeadline(Deadline deadline);
    explicit ScopedDeadline(std::chrono::milliseconds longest);
    ScopedDeadline(const ScopedDeadline&) = delete;
    ScopedDeadline& operator=(const ScopedDeadline&) = delete;
    ~ScopedDeadline();

  private:
    std::optional<Deadline> before_;
};

}  // namespace meridian
