#include "aws/process_credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "aws/credential_json.h"
#include "aws/shell_words.h"
#include "base/deadline.h"

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kOutputBytesMax = std::size_t{64} * 1024;
constexpr milliseconds kTimeMax{30'000};

std::unexpected<Error> wrong(const std::string& program, std::string_view what) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("credential_process: {} {}; run it by hand to see why", program, what));
}

std::unexpected<Error> too_slow(const std::string& program) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("credential_process: {} takes too long", program));
}

// Whether something can be read there, before the time is up.
bool waits_for(int fd, Deadline deadline) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
        const int ready =
            ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
        if (ready > 0 || (ready == 0 && left <= 0)) {
            return ready > 0;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

// A program that runs, in a process group of its own. Ends with the object.
class Child {
  public:
    explicit Child(std::vector<std::string> words) : words_(std::move(words)) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
        close(output_);
    }

    // 0, or why it did not start.
    int start() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return errno;
        }
        output_ = ends[0];
        std::vector<char*> arguments;
        for (auto& word : words_) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        posix_spawn_file_actions_t files;
        posix_spawnattr_t attributes;
        ::posix_spawn_file_actions_init(&files);
        ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        const int code =
            ::posix_spawnp(&pid_, arguments[0], &files, &attributes, arguments.data(), environ);
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&files);
        close(ends[1]);
        pid_ = code == 0 ? pid_ : 0;
        return code;
    }

    // All that it prints. Nothing: the time is up, or that is too much.
    std::optional<std::string> read(Deadline deadline) const {
        std::string text(kOutputBytesMax + 1, '\0');
        std::size_t size = 0;
        while (size < text.size() && waits_for(output_, deadline)) {
            const auto count = ::read(output_, text.data() + size, text.size() - size);
            if (count == 0) {
                text.resize(size);
                return text;
            }
            size += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        return std::nullopt;
    }

    // As waitpid() gives it. Nothing: it hasn't ended by then.
    std::optional<int> wait(Deadline deadline) {
        const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
        const bool has_ended = handle < 0 || waits_for(handle, deadline);
        close(handle);
        if (!has_ended) {
            return std::nullopt;
        }
        int status = 0;
        const auto ended = ::waitpid(std::exchange(pid_, 0), &status, 0);
        return ended > 0 ? std::optional(status) : std::nullopt;
    }

  private:
    static void close(int fd) {
        if (fd >= 0) {
            ::close(fd);
        }
    }

    std::vector<std::string> words_;
    pid_t pid_ = 0;
    int output_ = -1;
};

}  // namespace

Result<Credentials> run_credential_process(std::string_view command) {
    auto words = split_words(command);
    if (!words || words->empty()) {
        return fail(ErrorCode::kConfiguration,
                    "credential_process names no program, or leaves a quote open");
    }
    const auto deadline = deadline_within(kTimeMax);
    const std::string program = words->front();
    Child child(*std::move(words));
    if (const int error = child.start(); error != 0) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("credential_process: {} can't be run: {}", program,
                                std::generic_category().message(error)));
    }
    const auto output = child.read(deadline);
    if (!output) {
        return steady_clock::now() >= deadline
                   ? too_slow(program)
                   : wrong(program, fmt::format("prints over {} bytes", kOutputBytesMax));
    }
    const auto status = child.wait(deadline);
    if (!status) {
        return too_slow(program);
    }
    if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
        return wrong(program, WIFEXITED(*status)
                                  ? fmt::format("ended with status {}", WEXITSTATUS(*status))
                                  : fmt::format("was ended by signal {}", WTERMSIG(*status)));
    }
    auto credentials = read_credential_json(*output, CredentialJson::kOfProcess);
    return credentials
               ? std::move(credentials)
               : fail_within(fmt::format("credential_process: {}", program), credentials.error());
}

}  // namespace meridian::aws
