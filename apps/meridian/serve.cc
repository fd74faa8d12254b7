// `meridian serve`: one region, until a signal ends it. SIGHUP makes it read its credentials and
// its certificate again, and open its access log again.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>

#include "base/log.h"
#include "base/result.h"
#include "cloud_server.h"
#include "commands.h"
#include "controlling_terminal.h"
#include "region_server.h"
#include "settings.h"

namespace meridian::app {
namespace {

constexpr timespec kLook{.tv_sec = 0, .tv_nsec = 10'000'000};

void tell_ready(int fd, std::uint16_t port) {
    if (fd < 0) {
        return;
    }
    const auto line = fmt::format("{}\n", port);
    if (write(fd, line.data(), line.size()) < 0) {
        log(LogLevel::kWarn, "serve", "nobody waits on --ready-fd {}", fd);
    }
    close(fd);
}

// 0: none came in that time.
int next_signal(const sigset_t& watched, const timespec* longest) {
    return std::max(longest == nullptr ? sigwaitinfo(&watched, nullptr)
                                       : sigtimedwait(&watched, nullptr, longest),
                    0);
}

template <typename Server>
int run_until_signal(const Result<std::unique_ptr<Server>>& server, const sigset_t& watched,
                     const ControllingTerminal& terminal, int ready_fd) {
    if (!server) {
        return report(server.error());
    }
    log(LogLevel::kInfo, "serve", "answers on {}", (*server)->url());
    bool is_told = false;
    while (true) {
        if (!is_told && (*server)->knows_its_peers()) {
            tell_ready(ready_fd, (*server)->port());
            is_told = true;
        }
        const auto signal = next_signal(watched, is_told ? nullptr : &kLook);
        if (signal == SIGHUP && !terminal.is_gone()) {
            (*server)->reload();
        } else if (signal > 0) {
            break;
        }
    }
    log(LogLevel::kInfo, "serve", "stopping");
    return 0;
}

}  // namespace

int run_serve(const ServeOptions& options) {
    const auto file = read_settings(options.config);
    if (!file) {
        return report(file.error());
    }
    start_log(options.region, file->log_level);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file over its limit is a full disk: an error, not the end
    const ControllingTerminal terminal;
    sigset_t watched;
    sigemptyset(&watched);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&watched, signal);
    }
    pthread_sigmask(SIG_BLOCK, &watched,
                    nullptr);  // before any thread starts, so that sigwait gets them

    return options.cloud.is_on()
               ? run_until_signal(CloudServer::start(options), watched, terminal, options.ready_fd)
               : run_until_signal(RegionServer::start(options), watched, terminal,
                                  options.ready_fd);
}

}  // namespace meridian::app
