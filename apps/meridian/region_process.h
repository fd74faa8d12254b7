// Which process a region's is, for those who want to stop, continue or kill it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace meridian::app {

// Writes FOLDER/pid about this process: its id and the moment of its start, by which a later
// process with the same id is told from it. kIo.
[[nodiscard]] Result<void> write_region_process(const std::filesystem::path& folder);

// Role: the process that wrote FOLDER/pid, if it still runs. A signal never reaches another one,
// also when its id is given to another one between the question and the signal. Threads: one.
class RegionProcess {
  public:
    // kUnavailable: none runs there; kIo: the system doesn't let us look.
    [[nodiscard]] static Result<RegionProcess> find(const std::filesystem::path& folder);

    RegionProcess(RegionProcess&& other) noexcept;
    RegionProcess& operator=(RegionProcess&&) = delete;
    ~RegionProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }
    // By SIGSTOP.
    [[nodiscard]] bool is_stopped() const;
    // kUnavailable: it has ended; kIo: it is not ours to signal.
    [[nodiscard]] Result<void> signal(int number) const;
    // SIGSTOP, and waits until it stands still: its threads take a moment. kTimeout: they take
    // longer.
    [[nodiscard]] Result<void> stop() const;

  private:
    RegionProcess(pid_t pid, int fd) : pid_(pid), fd_(fd) {}

    pid_t pid_;
    int fd_;
};

}  // namespace meridian::app
