#include "child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace meridian::app {
namespace {

constexpr int kReadyFdOfChild = 3;

// Between fork and exec: only what is safe there.
[[noreturn]] void become(const std::vector<char*>& arguments, int ready, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
    setpgid(0, 0);     // Ctrl-C is for the parent, which stops its children in order
    sigset_t blocked;  // a region takes it when it has started; until then it must not end it
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGHUP);
    pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
    if (ready == kReadyFdOfChild ? fcntl(ready, F_SETFD, 0) != 0
                                 : dup2(ready, kReadyFdOfChild) < 0) {
        _exit(1);
    }
    execv("/proc/self/exe", arguments.data());
    _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(std::string name, std::vector<std::string> arguments)
    : name_(std::move(name)), arguments_(std::move(arguments)) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : name_(std::move(other.name_)),
      arguments_(std::move(other.arguments_)),
      pid_(std::exchange(other.pid_, -1)),
      ready_fd_(std::exchange(other.ready_fd_, -1)),
      was_ready_(other.was_ready_) {}

ChildProcess::~ChildProcess() {
    if (running()) {
        signal(SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    ended();
}

Result<void> ChildProcess::start() {
    std::array<int, 2> ready{};
    if (pipe2(ready.data(), O_CLOEXEC) != 0) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot start {}: {}", name_,
                                std::error_code(errno, std::generic_category()).message()));
    }
    std::vector<std::string> all{"meridian"};
    all.insert(all.end(), arguments_.begin(), arguments_.end());
    all.insert(all.end(), {"--ready-fd", std::to_string(kReadyFdOfChild)});
    std::vector<char*> pointers;
    pointers.reserve(all.size() + 1);
    for (auto& argument : all) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        become(pointers, ready[1], parent);
    }
    const int error = errno;
    close(ready[1]);
    if (child < 0) {
        close(ready[0]);
        return fail(ErrorCode::kIo,
                    fmt::format("cannot start {}: {}", name_,
                                std::error_code(error, std::generic_category()).message()));
    }
    pid_ = child;
    ready_fd_ = ready[0];
    was_ready_ = false;
    return {};
}

bool ChildProcess::take_ready() {
    std::array<char, 16> line{};
    const auto length = read(ready_fd_, line.data(), line.size());
    close(std::exchange(ready_fd_, -1));
    was_ready_ = length > 0;
    return was_ready_;
}

void ChildProcess::signal(int number) const {
    if (running()) {
        kill(pid_, number);
    }
}

void ChildProcess::ended() {
    pid_ = -1;
    if (ready_fd_ >= 0) {
        close(std::exchange(ready_fd_, -1));
    }
}

}  // namespace meridian::app
