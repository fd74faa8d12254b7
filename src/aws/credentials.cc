#include "aws/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <set>
#include <system_error>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20U;

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

bool is_printable(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

// Takes the lines of a credentials file one after the other.
class Parser {
  public:
    explicit Parser(std::string_view file_name) : file_name_(file_name) {}

    Result<void> take(std::string_view line) {
        ++line_;
        const auto text = trim(line);
        if (text.empty() || text.front() == '#' || text.front() == ';') {
            return {};
        }
        if (!is_printable(text)) {
            return wrong("a control character");
        }
        return text.front() == '[' ? start_profile(text) : take_setting(text);
    }

    Result<Profiles> finish() {
        if (const auto whole = finish_profile(); !whole) {
            return std::unexpected(whole.error());
        }
        return std::move(profiles_);
    }

  private:
    std::unexpected<Error> wrong(std::string_view what) const {
        return fail(ErrorCode::kConfiguration, fmt::format("{}:{}: {}", file_name_, line_, what));
    }

    Result<void> start_profile(std::string_view text) {
        if (const auto whole = finish_profile(); !whole) {
            return whole;
        }
        const auto name = text.ends_with(']') ? trim(text.substr(1, text.size() - 2)) : "";
        if (name.empty()) {
            return wrong("a profile's line must look like [name]");
        }
        if (!names_.emplace(name).second) {
            return wrong(fmt::format("a second profile named '{}'", name));
        }
        profile_ = name;
        profile_line_ = line_;
        return {};
    }

    Result<void> take_setting(std::string_view text) {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) {
            return wrong("expected 'name = value'");
        }
        if (!profile_) {
            return wrong("a setting before the first [profile]");
        }
        const auto name = trim(text.substr(0, equals));
        std::string* place = name == "aws_access_key_id"       ? &credentials_.access_key_id
                             : name == "aws_secret_access_key" ? &credentials_.secret_access_key
                             : name == "aws_session_token"     ? &credentials_.session_token
                                                               : nullptr;
        if (place != nullptr && !place->empty()) {
            return wrong(fmt::format("a second '{}' in the profile '{}'", name, *profile_));
        }
        if (place != nullptr) {
            *place = trim(text.substr(equals + 1));
        }
        return {};
    }

    Result<void> finish_profile() {
        const bool has_id = !credentials_.access_key_id.empty();
        const bool has_secret = !credentials_.secret_access_key.empty();
        if (profile_ && has_id != has_secret) {
            line_ = profile_line_;
            return wrong(fmt::format("the profile '{}' has no {}", *profile_,
                                     has_id ? "aws_secret_access_key" : "aws_access_key_id"));
        }
        if (profile_ && has_id) {
            profiles_.emplace(*profile_, std::move(credentials_));
        }
        credentials_ = {};
        return {};
    }

    std::string_view file_name_;
    int line_ = 0;
    int profile_line_ = 0;
    std::optional<std::string> profile_;
    Credentials credentials_;
    Profiles profiles_;
    std::set<std::string, std::less<>> names_;
};

bool is_storable(std::string_view value) {
    return is_printable(value) && trim(value) == value;
}

Result<std::string> render(const Profiles& profiles) {
    std::string text;
    for (const auto& [name, credentials] : profiles) {
        const auto& [id, secret, token, expires] = credentials;
        const bool storable = is_storable(name) && !name.empty() && !name.contains(']') &&
                              is_storable(id) && !id.empty() && is_storable(secret) &&
                              !secret.empty() && is_storable(token);
        if (!storable) {
            return fail(ErrorCode::kInvalidInput,
                        "A profile needs a name, an access key id and a secret, without line "
                        "breaks, control characters or blanks at either end.");
        }
        text += fmt::format("[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n", name, id,
                            secret);
        if (!token.empty()) {
            text += fmt::format("aws_session_token = {}\n", token);
        }
    }
    return text;
}

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

}  // namespace

Result<Profiles> parse_credentials(std::string_view text, std::string_view file_name) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    Parser parser(file_name);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (const auto taken = parser.take(line); !taken) {
            return std::unexpected(taken.error());
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parser.finish();
}

Result<Profiles> read_credentials(const std::filesystem::path& file) {
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.is_open()) {
        return failed(file, "cannot read", errno);
    }
    std::string text(kFileBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = ::read(fd.get(), text.data() + size, text.size() - size);
        if (count < 0 && errno != EINTR) {
            return failed(file, "cannot read", errno);
        }
        if (count == 0) {
            break;
        }
        size += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    if (size > kFileBytesMax) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{}: over 1 MiB is no credentials file", file.string()));
    }
    text.resize(size);
    return parse_credentials(text, file.string());
}

Result<void> write_credentials(const std::filesystem::path& file, const Profiles& profiles) {
    const auto text = render(profiles);
    if (!text) {
        return std::unexpected(text.error());
    }
    std::string temporary = file.string() + ".XXXXXX";
    const Descriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
    if (!fd.is_open()) {
        return failed(file, "cannot write", errno);
    }
    Leftover leftover(temporary);
    if (!write_all(fd.get(), *text) || ::fsync(fd.get()) != 0 ||
        ::rename(temporary.c_str(), file.c_str()) != 0) {
        return failed(file, "cannot write", errno);
    }
    leftover.keep();
    return sync_folder(file);
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
