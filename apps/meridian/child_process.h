// A region's process, as `meridian up` sees it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace meridian::app {

// Role: starts one process, learns when it is ready, ends it. The process dies with this one,
// however this one ends. Threads: one; start() from the thread that lives as long as the process
// should.
class ChildProcess {
  public:
    ChildProcess(std::string name, std::vector<std::string> arguments);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();  // kills it when it still runs

    // Starts the program with the arguments and "--ready-fd N".
    [[nodiscard]] Result<void> start();

    // Readable when the process said that it is ready, or has ended; -1 after either was seen.
    [[nodiscard]] int ready_fd() const { return ready_fd_; }
    // After ready_fd() is readable: true when it is ready.
    [[nodiscard]] bool take_ready();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool running() const { return pid_ > 0; }
    [[nodiscard]] bool was_ready() const { return was_ready_; }

    void signal(int number) const;
    // Notes that waitpid() returned its pid.
    void ended();

  private:
    std::string name_;
    std::vector<std::string> arguments_;
    pid_t pid_ = -1;
    int ready_fd_ = -1;
    bool was_ready_ = false;
};

}  // namespace meridian::app
