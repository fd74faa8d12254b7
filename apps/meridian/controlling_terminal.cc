#include "controlling_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

namespace meridian::app {
namespace {

bool outlives_its_terminal() {
    struct sigaction hangup{};
    return sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler == SIG_IGN;
}

}  // namespace

ControllingTerminal::ControllingTerminal()
    : fd_(outlives_its_terminal()
              ? -1
              : open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {}

ControllingTerminal::~ControllingTerminal() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

bool ControllingTerminal::is_gone() const {
    pollfd wait{fd_, 0, 0};
    return fd_ >= 0 && poll(&wait, 1, 0) == 1 && (wait.revents & POLLHUP) != 0;
}

}  // namespace meridian::app
