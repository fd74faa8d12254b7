#include "backup/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace meridian::backup {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> refused(const fs::path& file, std::string_view verb, int error) {
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return fail(full ? ErrorCode::kDiskFull : ErrorCode::kIo,
                fmt::format("{} cannot be {}: {}{}", file.string(), verb,
                            std::generic_category().message(error),
                            full ? "; make room there, or choose another folder" : ""));
}

Result<void> sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    const int error = errno;
    if (fd >= 0) {
        ::close(fd);
    }
    return synced ? Result<void>() : refused(folder, "synced", error);
}

}  // namespace

Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    return error ? refused(folder, "made", error.value()) : Result<void>();
}

Result<void> remove_file(const fs::path& file) {
    std::error_code error;
    fs::remove(file, error);
    return error ? refused(file, "removed", error.value()) : Result<void>();
}

Result<void> remove_unfinished(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() == kUnfinished) {
            if (auto removed = remove_file(entry->path()); !removed) {
                return removed;
            }
        }
    }
    const bool missing = error == std::errc::no_such_file_or_directory;
    return error && !missing ? refused(folder, "read", error.value()) : Result<void>();
}

Result<void> rename_file(const fs::path& from, const fs::path& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return refused(to, "made", errno);
    }
    return sync_folder(to.parent_path());
}

Result<NewFile> NewFile::create(fs::path file) {
    auto unfinished = file;
    unfinished += kUnfinished;
    const int fd =
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return refused(unfinished, "made", errno);
    }
    return NewFile(std::move(file), std::move(unfinished), fd);
}

NewFile::NewFile(NewFile&& other) noexcept
    : file_(std::move(other.file_)),
      unfinished_(std::move(other.unfinished_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_) {}

NewFile::~NewFile() {
    if (fd_ >= 0) {
        ::close(fd_);
        ::unlink(unfinished_.c_str());
    }
}

std::unexpected<Error> NewFile::failure(int error) const {
    return refused(file_, "written", error);
}

Result<void> NewFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(fd_, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return failure(errno);
        }
        const auto count = written < 0 ? 0 : static_cast<std::size_t>(written);
        size_ += count;
        bytes.remove_prefix(count);
    }
    return {};
}

Result<void> NewFile::sync() {
    return ::fdatasync(fd_) == 0 ? Result<void>() : failure(errno);
}

Result<void> NewFile::cut(std::uint64_t bytes) {
    const auto end = static_cast<off_t>(bytes);
    if (::ftruncate(fd_, end) != 0 || ::lseek(fd_, end, SEEK_SET) != end) {
        return failure(errno);
    }
    size_ = bytes;
    return {};
}

Result<void> NewFile::finish() {
    return finish_as(file_);
}

Result<void> NewFile::finish_as(const fs::path& file) {
    if (::fsync(fd_) != 0) {
        return failure(errno);
    }
    if (std::rename(unfinished_.c_str(), file.c_str()) != 0) {
        return failure(errno);
    }
    ::close(std::exchange(fd_, -1));
    return sync_folder(file.parent_path());
}

void NewFile::keep() {
    ::close(std::exchange(fd_, -1));
}

}  // namespace meridian::backup
