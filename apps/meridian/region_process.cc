#include "region_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

extern "C" {  // glibc 2.36 leaves that out
#include <sys/pidfd.h>
}

namespace meridian::app {
namespace {

constexpr const char* kFileName = "pid";

std::string reason(int error) {
    return std::error_code(error, std::generic_category()).message();
}

// What proc(5) says of a process.
struct ProcessState {
    char state = ' ';         // 'T': stopped
    std::uint64_t start = 0;  // in clock ticks since the machine's
};

std::optional<ProcessState> state_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text;
    std::getline(file, text);
    const auto name_end = text.rfind(')');  // a program's name may hold anything
    if (name_end == std::string::npos) {
        return std::nullopt;
    }
    std::istringstream fields(text.substr(name_end + 1));
    ProcessState result;
    fields >> result.state;
    std::string skipped;
    constexpr int kFieldsBetween = 18;  // from the 3rd, state, to the 22nd, starttime
    for (int i = 0; i < kFieldsBetween; ++i) {
        fields >> skipped;
    }
    fields >> result.start;
    return fields ? std::optional(result) : std::nullopt;
}

std::unexpected<Error> none_runs(const std::filesystem::path& folder) {
    return fail(ErrorCode::kUnavailable, fmt::format("no region runs from {}", folder.string()));
}

}  // namespace

Result<void> write_region_process(const std::filesystem::path& folder) {
    const auto file = folder / kFileName;
    const auto self = state_of(getpid());
    std::ofstream stream(file, std::ios::trunc);
    stream << getpid() << ' ' << (self ? self->start : 0) << '\n';
    stream.close();
    return self && stream ? Result<void>()
                          : fail(ErrorCode::kIo, fmt::format("cannot write {}", file.string()));
}

Result<RegionProcess> RegionProcess::find(const std::filesystem::path& folder) {
    std::ifstream file(folder / kFileName);
    pid_t pid = 0;
    std::uint64_t start = 0;
    if (!(file >> pid >> start) || pid <= 0) {
        return none_runs(folder);
    }
    const int fd = pidfd_open(pid, 0);
    if (fd < 0) {
        return errno == ESRCH ? none_runs(folder)
                              : fail(ErrorCode::kIo, fmt::format("cannot look at process {}: {}",
                                                                 pid, reason(errno)));
    }
    RegionProcess process(pid, fd);
    // Whoever has that start now had it when it was opened.
    const auto now = state_of(pid);
    return now && now->start == start && now->state != 'Z'
               ? Result<RegionProcess>(std::move(process))
               : none_runs(folder);
}

RegionProcess::RegionProcess(RegionProcess&& other) noexcept
    : pid_(other.pid_), fd_(std::exchange(other.fd_, -1)) {}

RegionProcess::~RegionProcess() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

bool RegionProcess::is_stopped() const {
    const auto now = state_of(pid_);
    return now && now->state == 'T';
}

Result<void> RegionProcess::signal(int number) const {
    if (pidfd_send_signal(fd_, number, nullptr, 0) == 0) {
        return {};
    }
    return fail(errno == ESRCH ? ErrorCode::kUnavailable : ErrorCode::kIo,
                fmt::format("cannot signal process {}: {}", pid_, reason(errno)));
}

Result<void> RegionProcess::stop() const {
    constexpr std::chrono::milliseconds kLook{2};
    constexpr int kLooks = 1'000;
    auto done = signal(SIGSTOP);
    for (int look = 0; done && !is_stopped(); ++look) {
        if (look == kLooks) {
            return fail(ErrorCode::kTimeout, fmt::format("process {} does not stop", pid_));
        }
        std::this_thread::sleep_for(kLook);
    }
    return done;
}

}  // namespace meridian::app
