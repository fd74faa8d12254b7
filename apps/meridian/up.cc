// `meridian up`: a process a region on this machine, watched until Ctrl-C.

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/region_client.h"
#include "base/clock.h"
#include "base/log.h"
#include "child_process.h"
#include "commands.h"
#include "connect/contact_event.h"
#include "controlling_terminal.h"
#include "data_folder.h"
#include "functions/settings.h"
#include "item/json.h"
#include "region_list.h"
#include "server_settings.h"
#include "settings.h"

namespace meridian::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReadyTimeout{120'000};
constexpr milliseconds kStopTimeout{10'000};
constexpr milliseconds kRestartDelayFirst{100};
constexpr milliseconds kRestartDelayMax{10'000};
constexpr milliseconds kSteady{10'000};  // a region that ran this long starts again at once
constexpr milliseconds kFirstCallTimeout{5'000};

// One region and when to start it again.
struct Region {
    api::RegionAddress address;
    ChildProcess process;
    std::chrono::nanoseconds started{};
    milliseconds delay = kRestartDelayFirst;
    std::optional<std::chrono::nanoseconds> restart_at;
};

std::vector<std::string> serve_arguments(const UpOptions& options,
                                         const std::filesystem::path& folder,
                                         const std::vector<api::RegionAddress>& all,
                                         const api::RegionAddress& self, bool is_new) {
    std::vector<std::string> arguments{
        "serve",   "--region", self.region, "--port",        std::to_string(self.port),
        "--store", "embedded", "--data",    folder.string(), "--faults"};
    if (options.demo) {
        arguments.emplace_back("--demo");
        if (!is_new) {
            arguments.emplace_back("--no-sample-data");  // the others have it, or it was deleted
        }
    }
    const auto add = [&arguments](const char* option, const std::filesystem::path& value) {
        if (!value.empty()) {
            arguments.insert(arguments.end(), {option, value.string()});
        }
    };
    add("--config", options.config);
    add("--tls-cert", options.tls.certificate);
    add("--tls-key", options.tls.key);
    add("--tls-ca", options.tls.ca);
    if (options.access_log) {
        add("--access-log", folder / self.region / "access.log");
    }
    for (const auto& peer : all) {
        if (peer.region != self.region) {
            add("--peer", fmt::format("{}={}{}:{}", peer.region, peer.tls ? "https://" : "",
                                      peer.host, peer.port));
        }
    }
    return arguments;
}

// Whether some region has kept its tables in that folder.
bool has_regions(const std::filesystem::path& folder) {
    std::error_code error;
    return std::ranges::any_of(
        std::filesystem::directory_iterator(folder, error), [&error](const auto& entry) {
            return std::filesystem::exists(entry.path() / "CURRENT", error);  // RocksDB's
        });
}

// Role: starts the regions, restarts those that die, stops all. Threads: one.
class Supervisor {
  public:
    Supervisor(std::vector<Region> regions, int signals)
        : regions_(std::move(regions)), signals_(signals) {}

    // Waits until every region is ready. The first region that ends before it was ready fails the
    // start: it has said why.
    Result<void> start_all() {
        for (auto& region : regions_) {
            if (auto started = start(region); !started) {
                return started;
            }
        }
        const auto deadline = clock_.monotonic() + kReadyTimeout;
        while (
            !std::ranges::all_of(regions_, [](const Region& r) { return r.process.was_ready(); })) {
            if (clock_.monotonic() > deadline) {
                return fail(ErrorCode::kTimeout,
                            "a region was not ready within two minutes; its log is above");
            }
            step(milliseconds{200});
            if (stop_) {
                return fail(ErrorCode::kUnavailable, "stopped before the regions were ready");
            }
            for (const auto& region : regions_) {
                if (!region.process.running() && !region.process.was_ready()) {
                    return fail(ErrorCode::kUnavailable,
                                fmt::format("region {} did not start: see the line above",
                                            region.address.region));
                }
            }
            restart_the_dead();  // one may have been ready and died while the others load
        }
        return {};
    }

    // Until a signal asks to stop.
    void watch() {
        while (!stop_) {
            step(milliseconds{1'000});
            restart_the_dead();
        }
    }

    void stop_all() {
        stop_ = true;
        pass_on(SIGTERM);
        pass_on(SIGCONT);  // one may stand still for a drill
        const auto deadline = clock_.monotonic() + kStopTimeout;
        while (clock_.monotonic() < deadline &&
               std::ranges::any_of(regions_, [](const Region& r) { return r.process.running(); })) {
            step(milliseconds{100});
        }
        for (const auto& region : regions_) {
            if (region.process.running()) {
                log(LogLevel::kWarn, "up", "{} did not stop in time and is killed",
                    region.address.region);
            }
        }
        regions_.clear();
    }

  private:
    void pass_on(int signal) const {
        for (const auto& region : regions_) {
            region.process.signal(signal);
        }
    }

    Result<void> start(Region& region) {
        region.started = clock_.monotonic();
        region.restart_at.reset();
        return region.process.start();
    }

    // Waits for a signal or for a region to become ready, at most this long, and takes note of it.
    void step(milliseconds longest) {
        std::vector<pollfd> waits{{signals_, POLLIN, 0}};
        for (const auto& region : regions_) {
            if (region.process.ready_fd() >= 0) {
                waits.push_back({region.process.ready_fd(), POLLIN, 0});
            }
        }
        for (const auto& region : regions_) {
            if (region.restart_at && !stop_) {
                const auto left = *region.restart_at - clock_.monotonic();
                longest =
                    std::clamp(std::chrono::ceil<milliseconds>(left), milliseconds{0}, longest);
            }
        }
        if (poll(waits.data(), waits.size(), static_cast<int>(longest.count())) <= 0) {
            return;
        }
        for (auto& region : regions_) {
            const auto ready = std::ranges::find(waits, region.process.ready_fd(), &pollfd::fd);
            if (region.process.ready_fd() >= 0 && ready != waits.end() && ready->revents != 0) {
                (void)region.process.take_ready();
            }
        }
        if (waits.front().revents != 0) {
            take_signals();
        }
    }

    void take_signals() {
        signalfd_siginfo info{};
        while (read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
            if (info.ssi_signo == SIGHUP && !terminal_.is_gone()) {
                pass_on(SIGHUP);
            } else {
                stop_ = stop_ || info.ssi_signo != SIGCHLD;
            }
        }
        int status = 0;
        for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0;
             pid = waitpid(-1, &status, WNOHANG)) {
            const auto region =
                std::ranges::find(regions_, pid, [](const Region& r) { return r.process.pid(); });
            if (region != regions_.end()) {
                note_end(*region, status);
            }
        }
    }

    void note_end(Region& region, int status) {
        region.process.ended();
        const auto now = clock_.monotonic();
        if (now - region.started > kSteady) {
            region.delay = kRestartDelayFirst;
        }
        region.restart_at = now + region.delay;
        region.delay = std::min(region.delay * 2, kRestartDelayMax);
        if (!stop_ && region.process.was_ready()) {
            log(LogLevel::kError, "up", "{} {}; starting it again", region.address.region,
                WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                                    : fmt::format("ended with status {}", WEXITSTATUS(status)));
        }
    }

    void restart_the_dead() {
        for (auto& region : regions_) {
            if (!stop_ && !region.process.running() && region.restart_at &&
                clock_.monotonic() >= *region.restart_at) {
                if (const auto started = start(region); !started) {
                    log(LogLevel::kError, "up", "{}", started.error().message);
                    region.restart_at = clock_.monotonic() + region.delay;
                }
            }
        }
    }

    SystemClock clock_;
    ControllingTerminal terminal_;
    std::vector<Region> regions_;
    int signals_;
    bool stop_ = false;
};

// Signals as a file descriptor, blocked in their usual form.
Result<int> watch_signals() {
    sigset_t watched;
    sigemptyset(&watched);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
        sigaddset(&watched, signal);
    }
    sigprocmask(SIG_BLOCK, &watched, nullptr);
    const int fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd >= 0 ? Result<int>(fd) : fail(ErrorCode::kIo, "cannot watch signals");
}

Result<std::vector<api::RegionAddress>> addresses(const UpOptions& options) {
    std::vector<api::RegionAddress> result;
    for (const auto& region : options.regions) {
        const auto port = options.base_port + result.size();
        if (port > 65'535 ||
            std::ranges::find(result, region, &api::RegionAddress::region) != result.end()) {
            return fail(
                ErrorCode::kInvalidInput,
                "--regions must be different names, and --base-port leave a port for each of them");
        }
        result.push_back({region, "127.0.0.1", static_cast<std::uint16_t>(port),
                          options.tls.is_on(), options.tls.ca.string()});
    }
    return result;
}

// The sample rule's number, routed by the first region, to see that all of it works.
void route_first_call(const api::RegionAddress& region, const aws::Credentials& credentials) {
    const SystemClock clock;
    const api::RegionClient client(region, credentials, clock);
    constexpr std::string_view kNumber = "+18005551234";
    const auto answer = client.invoke(
        "RouteCall", connect::make_contact_event(kNumber, region.region), kFirstCallTimeout);
    fmt::print("\nA call to {} that arrives in {} is answered:\n  {}\n", kNumber, region.region,
               answer ? *answer : answer.error().message);
}

// How a person in this shell calls this program for that folder: "meridian", or where it is.
struct Invocation {
    std::string program;
    std::string data;  // " --data FOLDER", or nothing
};

Invocation invocation_of(const UpOptions& options) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    Invocation result{self.string(),
                      options.data.empty() ? "" : " --data " + options.data.string()};
    const char* folders = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
    std::string_view path = folders == nullptr ? "" : folders;
    while (!path.empty()) {
        const auto colon = path.find(':');
        if (std::filesystem::equivalent(std::filesystem::path(path.substr(0, colon)) / "meridian",
                                        self, error)) {
            result.program = "meridian";
        }
        path = colon == std::string_view::npos ? std::string_view{} : path.substr(colon + 1);
    }
    if (const auto near = std::filesystem::proximate(self, error).string();
        near.size() < result.program.size()) {
        result.program = near;
    }
    return result;
}

void print_ready(const std::vector<api::RegionAddress>& regions,
                 const std::filesystem::path& folder, const aws::Credentials& credentials,
                 const UpOptions& options) {
    const auto [program, data] = invocation_of(options);
    fmt::print("Meridian is up. One endpoint a region:\n");
    for (const auto& region : regions) {
        fmt::print("  {:<16}{}\n", region.region, url_of(region));
    }
    fmt::print("\nData and credentials: {}\nFor AWS tools:        eval \"$({} env{})\"\n",
               folder.string(), program, data);
    if (options.demo) {
        route_first_call(regions.front(), credentials);
        fmt::print("\nWhy:                  {} route +18005551234 --explain{}\n", program, data);
    }
    fmt::print("Ctrl-C stops all regions.\n");
    std::fflush(stdout);
}

// What every region would complain about is said once, here.
Result<void> check_settings(const SettingsFile& file, UpOptions& options) {
    const auto source = setting_source(file, options.demo);
    const auto policy = functions::read_policy(source);
    const auto server = read_server_settings(options.tls, {}, source);
    if (!policy || !server) {
        return std::unexpected(policy ? server.error() : policy.error());
    }
    options.tls = server->tls;
    return {};
}

Result<void> run(UpOptions options) {
    const auto folder = data_folder(options.data);
    const auto file = read_settings(options.config);
    if (!folder || !file) {
        return std::unexpected(!folder ? folder.error() : file.error());
    }
    if (auto sound = check_settings(*file, options); !sound) {
        return sound;
    }
    const auto all = addresses(options);
    if (!all) {
        return std::unexpected(all.error());
    }
    if (auto made = make_folder(*folder); !made) {
        return made;
    }
    const auto lock = FolderLock::take(*folder);
    const auto credentials = lock ? ensure_credentials(*folder) : std::unexpected(lock.error());
    const auto signals = watch_signals();
    if (!credentials || !signals) {
        return std::unexpected(credentials ? signals.error() : credentials.error());
    }
    if (!setting_source(*file, false)("MERIDIAN_REGIONS")) {
        std::string names;
        for (const auto& region : *all) {
            names += (names.empty() ? "" : ",") + region.region;
        }
        setenv("MERIDIAN_REGIONS", names.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    }
    const bool is_new = !has_regions(*folder);
    std::vector<Region> regions;
    for (const auto& address : *all) {
        regions.push_back(
            {address,
             ChildProcess(address.region, serve_arguments(options, *folder, *all, address, is_new)),
             {},
             kRestartDelayFirst,
             std::nullopt});
    }
    Supervisor supervisor(std::move(regions), *signals);
    auto ready = supervisor.start_all();
    if (ready) {
        ready = write_regions(*folder, *all);
    }
    if (ready) {
        print_ready(*all, *folder, *credentials, options);
        supervisor.watch();
        std::fputs("Stopping.\n", stdout);  // the terminal may be gone: no reason to throw
    }
    supervisor.stop_all();
    std::error_code ignored;
    std::filesystem::remove(*folder / "regions.json", ignored);
    return ready;
}

}  // namespace

int run_up(const UpOptions& options) {
    start_log("up", LogLevel::kInfo);
    std::signal(SIGPIPE, SIG_IGN);
    const auto done = run(options);
    return done ? 0 : report(done.error());
}

}  // namespace meridian::app
