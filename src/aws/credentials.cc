#include "aws/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "aws/encoding.h"
#include "aws/text_file.h"

namespace meridian::aws {
namespace {

std::unexpected<Error> failed(const std::filesystem::path& file, std::string_view what, int error) {
    const auto code = error == ENOENT                      ? ErrorCode::kConfiguration
                      : error == ENOSPC || error == EDQUOT ? ErrorCode::kDiskFull
                                                           : ErrorCode::kIo;
    return fail(code, fmt::format("{} {}: {}", what, file.string(),
                                  std::generic_category().message(error)));
}

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }

  private:
    int fd_;
};

// Removes a temporary file that did not get its final name.
class Leftover {
  public:
    explicit Leftover(std::string path) : path_(std::move(path)) {}
    Leftover(const Leftover&) = delete;
    Leftover& operator=(const Leftover&) = delete;
    ~Leftover() {
        if (!path_.empty()) {
            ::unlink(path_.c_str());
        }
    }
    void keep() { path_.clear(); }

  private:
    std::string path_;
};

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

Result<void> sync_folder(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.is_open() || ::fsync(fd.get()) != 0) {
        return failed(folder, "cannot write", errno);
    }
    return {};
}

// Gives a new file the owner of the one whose place it takes: whoever edits it as root must not
// shut the server out.
bool keep_owner(int fd, const std::filesystem::path& old) {
    struct stat status{};
    return ::stat(old.c_str(), &status) != 0 || status.st_uid == ::geteuid() ||
           ::fchown(fd, status.st_uid, status.st_gid) == 0;
}

Result<void> replace_file(const std::filesystem::path& file, std::string_view text) {
    std::string temporary = file.string() + ".XXXXXX";
    const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
    if (!fd.is_open()) {
        return failed(file, "cannot write", errno);
    }
    Leftover leftover(temporary);
    if (!write_all(fd.get(), text) || !keep_owner(fd.get(), file) || ::fsync(fd.get()) != 0 ||
        ::rename(temporary.c_str(), file.c_str()) != 0) {
        return failed(file, "cannot write", errno);
    }
    leftover.keep();
    return sync_folder(file);
}

}  // namespace

Result<Profiles> read_credentials(const std::filesystem::path& file) {
    const auto text = read_text_file(file, "credentials");
    return text ? parse_credentials(*text, file.string()) : std::unexpected(text.error());
}

Result<void> add_profile(const std::filesystem::path& file, std::string_view name,
                         const Profile& profile) {
    std::error_code ignored;
    const auto text = std::filesystem::exists(file, ignored) ? read_text_file(file, "credentials")
                                                             : Result<std::string>();
    const auto changed =
        text ? with_profile(*text, file.string(), name, profile) : std::unexpected(text.error());
    return changed ? replace_file(file, *changed) : std::unexpected(changed.error());
}

Result<void> remove_profile(const std::filesystem::path& file, std::string_view name) {
    const auto text = read_text_file(file, "credentials");
    const auto changed =
        text ? without_profile(*text, file.string(), name) : std::unexpected(text.error());
    return changed ? replace_file(file, *changed) : std::unexpected(changed.error());
}

Result<bool> is_readable_by_others(const std::filesystem::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) {
        return failed(file, "cannot read", errno);
    }
    return (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

Credentials generate_credentials(Random& random) {
    constexpr std::size_t kIdCharacters = 20;
    constexpr std::size_t kSecretCharacters = 40;
    Credentials credentials;
    credentials.access_key_id = "MRDN";
    while (credentials.access_key_id.size() < kIdCharacters) {
        const char c = random.alphanumeric(1).front();
        if (to_lower(c) != c || (c >= '0' && c <= '9')) {
            credentials.access_key_id.push_back(c);
        }
    }
    credentials.secret_access_key = random.alphanumeric(kSecretCharacters);
    return credentials;
}

}  // namespace meridian::aws
