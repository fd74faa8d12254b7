// `meridian serve`: one region, until a signal ends it. SIGHUP makes it read its credentials and
// its certificate again, and open its access log again.

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "base/log.h"
#include "commands.h"
#include "controlling_terminal.h"
#include "region_server.h"
#include "settings.h"

namespace meridian::app {

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

    auto server = RegionServer::start(options);
    if (!server) {
        return report(server.error());
    }
    log(LogLevel::kInfo, "serve", "answers on {}", (*server)->url());
    if (options.ready_fd >= 0) {
        const auto line = fmt::format("{}\n", (*server)->port());
        if (write(options.ready_fd, line.data(), line.size()) < 0) {
            log(LogLevel::kWarn, "serve", "nobody waits on --ready-fd {}", options.ready_fd);
        }
        close(options.ready_fd);
    }
    int signal = 0;
    while (sigwait(&watched, &signal) == 0 && signal == SIGHUP && !terminal.is_gone()) {
        (*server)->reload();
    }
    log(LogLevel::kInfo, "serve", "stopping");
    return 0;
}

}  // namespace meridian::app
