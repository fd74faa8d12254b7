#include "api/access_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <optional>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/mask.h"
#include "item/json.h"

namespace meridian::api {
namespace {

constexpr std::size_t kWaitingBytesMax = std::size_t{4} * 1024 * 1024;
// Lines are gathered for a moment: a thread that wakes for each would cost more than they do.
constexpr std::chrono::milliseconds kGather{100};
constexpr std::size_t kGatherBytes = std::size_t{256} * 1024;
constexpr std::size_t kTextBytesMax = 256;  // of a path or a user agent
constexpr std::chrono::milliseconds kReaderTimeout{1'000};

std::string reason(int error) {
    return std::generic_category().message(error);
}

void append_text(std::string_view name, std::string_view value, std::string& line) {
    line += fmt::format(R"(,"{}":)", name);
    if (value.empty()) {
        line += "null";
    } else {
        item::append_json_string(value, line);
    }
}

std::uint64_t count_lines(std::string_view lines) {
    return static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
}

}  // namespace

std::string access_line(const AccessEntry& entry) {
    auto line = fmt::format(R"({{"time":"{}")", format_instant(entry.at));
    append_text("requestId", entry.request_id, line);
    append_text("peer", entry.peer, line);
    append_text("principal", entry.principal, line);
    append_text("method", entry.method, line);
    append_text("path", mask_numbers_in(entry.path.substr(0, kTextBytesMax)), line);
    line += fmt::format(R"(,"status":{},"bytes":{},"durationMs":{:.3f})", entry.status, entry.bytes,
                        std::chrono::duration<double, std::milli>(entry.took).count());
    append_text("userAgent", entry.user_agent.substr(0, kTextBytesMax), line);
    append_text("error", entry.error, line);
    return line + "}\n";
}

// Whether a file ends within a line, which a full disk or the end of a process left.
bool is_torn(const std::filesystem::path& path, std::int64_t size) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char last = '\n';
    const bool is_read = fd >= 0 && size > 0 && ::pread(fd, &last, 1, size - 1) == 1;
    if (fd >= 0) {
        ::close(fd);
    }
    return is_read && last != '\n';
}

// What the thread writes to. A pipe whose reader sleeps must not hold the thread for ever: it is
// asked first whether it takes a piece.
class AccessLog::File {
  public:
    explicit File(std::filesystem::path path) : path_(std::move(path)) {}
    ~File() { close(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    // On an error what was open stays open.
    Result<void> open() {
        const bool is_standard_output = path_ == "-";
        const int fd =
            is_standard_output
                ? STDOUT_FILENO
                : ::open(path_.c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
        struct stat status{};
        if (fd < 0 || ::fstat(fd, &status) != 0) {
            return fail(ErrorCode::kIo, fmt::format("cannot open the access log {}: {}",
                                                    path_.string(), reason(errno)));
        }
        close();
        fd_ = fd;
        is_regular_ = S_ISREG(status.st_mode);
        is_torn_ = is_regular_ && !is_standard_output && is_torn(path_, status.st_size);
        return {};
    }

    struct Written {
        std::size_t bytes = 0;
        int error = 0;  // why it is less than all
    };
    Written write(std::string_view lines) {
        if (is_torn_) {
            if (const auto [ignored, error] = write_pieces("\n"); error != 0) {
                return {0, error};
            }
        }
        const auto written = write_pieces(lines);
        is_torn_ = written.bytes > 0 && lines[written.bytes - 1] != '\n';
        return written;
    }

  private:
    Written write_pieces(std::string_view text) const {
        std::size_t written = 0;
        while (written < text.size()) {
            pollfd wait{fd_, POLLOUT, 0};
            if (::poll(&wait, 1, static_cast<int>(kReaderTimeout.count())) == 0) {
                return {written, EAGAIN};
            }
            const auto piece = text.substr(written, is_regular_ ? text.size() : PIPE_BUF);
            const auto count = ::write(fd_, piece.data(), piece.size());
            if (count < 0 && errno != EINTR && errno != EAGAIN) {
                return {written, errno};
            }
            written += count > 0 ? static_cast<std::size_t>(count) : 0;
        }
        return {written, 0};
    }

    void close() const {
        if (fd_ > STDOUT_FILENO) {
            ::close(fd_);
        }
    }

    std::filesystem::path path_;
    int fd_ = -1;
    bool is_regular_ = false;
    bool is_torn_ = false;
};

Result<std::unique_ptr<AccessLog>> AccessLog::open(const std::filesystem::path& file,
                                                   const Clock& clock) {
    auto opened = std::make_unique<File>(file);
    if (auto done = opened->open(); !done) {
        return std::unexpected(done.error());
    }
    return std::unique_ptr<AccessLog>(new AccessLog(std::move(opened), clock));
}

AccessLog::AccessLog(std::unique_ptr<File> file, const Clock& clock)
    : file_(std::move(file)),
      complaints_(clock, {.lines_max = 1, .period = std::chrono::seconds{60}}),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

AccessLog::~AccessLog() = default;

void AccessLog::add(const AccessEntry& entry) {
    const auto line = access_line(entry);
    std::size_t before = 0;
    {
        const std::lock_guard lock(mutex_);
        before = waiting_.size();
        if (before + line.size() > kWaitingBytesMax) {
            ++lost_;
            return;
        }
        waiting_ += line;
    }
    if (before == 0 || (before < kGatherBytes && before + line.size() >= kGatherBytes)) {
        changed_.notify_all();
    }
}

void AccessLog::reopen() {
    std::unique_lock lock(mutex_);
    is_to_reopen_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_to_reopen_; });
}

void AccessLog::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, stop, [this] { return !waiting_.empty() || is_to_reopen_; });
        if (waiting_.empty() && !is_to_reopen_) {
            return;
        }
        changed_.wait_for(lock, stop, kGather,
                          [this] { return waiting_.size() >= kGatherBytes || is_to_reopen_; });
        const auto lines = std::exchange(waiting_, {});
        const bool reopens = is_to_reopen_;
        lock.unlock();
        if (!lines.empty()) {
            write(lines);
        }
        if (reopens) {
            reopen_file();
        }
        lock.lock();
        if (reopens) {
            is_to_reopen_ = false;
            changed_.notify_all();
        }
    }
}

void AccessLog::write(std::string_view lines) {
    const auto [written, error] = file_->write(lines);
    lost_ += count_lines(lines.substr(written));
    if (const auto lost = lost_.load(); lost != told_) {
        log_limited(complaints_, LogLevel::kError, "access_log",
                    "{}: {}; {} lines are lost since the start", file_->path().string(),
                    error == 0 ? "more lines come than it takes" : reason(error), lost);
        told_ = lost;
    }
}

void AccessLog::reopen_file() {
    if (const auto done = file_->open(); !done) {
        log(LogLevel::kError, "access_log", "{}; the old one goes on", done.error().message);
    }
}

}  // namespace meridian::api
