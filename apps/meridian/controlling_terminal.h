// The terminal that a process runs in.
#pragma once

namespace meridian::app {

// SIGHUP has two meanings: "read your files again", from whoever sends it, and "your terminal is
// gone", from the kernel. This tells them apart.
class ControllingTerminal {
  public:
    ControllingTerminal();
    ~ControllingTerminal();
    ControllingTerminal(const ControllingTerminal&) = delete;
    ControllingTerminal& operator=(const ControllingTerminal&) = delete;

    // False also where there was none from the start, or the process shall outlive it (nohup).
    [[nodiscard]] bool is_gone() const;

  private:
    int fd_;
};

}  // namespace meridian::app
