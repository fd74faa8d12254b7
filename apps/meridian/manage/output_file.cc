#include "manage/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace meridian::app {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;

std::string reason(int error) {
    return std::error_code(error, std::generic_category()).message();
}

// Whether the file may get a new one in its place; else it is a device, a pipe…
bool is_replaceable(const std::filesystem::path& file) {
    std::error_code error;
    const auto type = std::filesystem::status(file, error).type();
    return type == std::filesystem::file_type::regular ||
           type == std::filesystem::file_type::not_found;
}

std::filesystem::path temporary_name(const std::filesystem::path& target) {
    return fmt::format("{}.{}.new", target.string(), getpid());
}

}  // namespace

Result<OutputFile> OutputFile::open(std::filesystem::path file) {
    OutputFile output;
    output.file_ = std::move(file);
    output.buffer_.reserve(kBufferBytes);
    if (output.file_.empty()) {
        output.fd_ = STDOUT_FILENO;
        return output;
    }
    if (is_replaceable(output.file_)) {
        if (auto opened = output.open_new(); !opened) {
            return std::unexpected(opened.error());
        }
        return output;
    }
    output.fd_ = ::open(output.file_.c_str(), O_WRONLY | O_CLOEXEC);
    if (output.fd_ < 0) {
        return output.failure();
    }
    return output;
}

// Without a name where the file system can do that, so that nothing stays of a run that is killed.
Result<void> OutputFile::open_new() {
    std::error_code error;
    target_ = std::filesystem::weakly_canonical(file_, error);
    if (error) {
        target_ = file_;
    }
    const auto folder = target_.parent_path().empty() ? "." : target_.parent_path();
    fd_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd_ < 0) {
        const auto name = temporary_name(target_);
        fd_ = ::open(name.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
        temporary_ = fd_ < 0 ? std::filesystem::path{} : name;
    }
    if (fd_ < 0) {
        return failure();
    }
    return {};
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : file_(std::move(other.file_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)) {}

OutputFile::~OutputFile() {
    if (fd_ > STDERR_FILENO) {
        close(fd_);
    }
    if (!temporary_.empty()) {
        unlink(temporary_.c_str());
    }
}

std::unexpected<Error> OutputFile::failure() const {
    const int error = errno;
    return fail(error == ENOSPC || error == EDQUOT ? ErrorCode::kDiskFull : ErrorCode::kIo,
                fmt::format("cannot write {}: {}",
                            file_.empty() ? "to standard output" : file_.string(), reason(error)));
}

Result<void> OutputFile::write(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < kBufferBytes ? Result<void>{} : flush();
}

Result<void> OutputFile::flush() {
    for (std::size_t done = 0; done < buffer_.size();) {
        const auto written = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
        if (written < 0 && errno != EINTR) {
            return failure();
        }
        done += written < 0 ? 0 : static_cast<std::size_t>(written);
    }
    buffer_.clear();
    return {};
}

Result<void> OutputFile::finish() {
    if (auto done = flush(); !done || target_.empty()) {
        return done;
    }
    if (fsync(fd_) != 0) {
        return failure();
    }
    if (temporary_.empty()) {
        const auto name = temporary_name(target_);
        unlink(name.c_str());
        if (linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd_).c_str(), AT_FDCWD, name.c_str(),
                   AT_SYMLINK_FOLLOW) != 0) {
            return failure();
        }
        temporary_ = name;
    }
    if (rename(temporary_.c_str(), target_.c_str()) != 0) {
        return failure();
    }
    temporary_.clear();
    return {};
}

Result<int> open_nameless_file() {
    std::error_code error;
    auto folder = std::filesystem::temp_directory_path(error);
    auto name = ((error ? std::filesystem::path("/tmp") : folder) / "meridian-XXXXXX").string();
    const int fd = mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) {
        return fail(ErrorCode::kIo, fmt::format("cannot make a temporary file in {}: {}",
                                                folder.string(), reason(errno)));
    }
    unlink(name.c_str());
    return fd;
}

}  // namespace meridian::app
