#include "data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "aws/credentials.h"
#include "base/log.h"
#include "base/random.h"
#include "item/json.h"
#include "item/value.h"

namespace meridian::app {
namespace {

constexpr std::string_view kProfile = "meridian";

std::filesystem::path environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before threads start
    return value == nullptr ? std::filesystem::path{} : std::filesystem::path(value);
}

std::filesystem::path home() {
    if (auto folder = environment("HOME"); !folder.empty()) {
        return folder;
    }
    const auto* user = getpwuid(getuid());  // NOLINT(concurrency-mt-unsafe): before threads start
    return user == nullptr || user->pw_dir == nullptr ? "/" : user->pw_dir;
}

std::string reason(int error) {
    return std::error_code(error, std::generic_category()).message();
}

std::string joined_names(const std::vector<api::RegionAddress>& regions) {
    std::string names;
    for (const auto& region : regions) {
        names += (names.empty() ? "" : ", ") + region.region;
    }
    return names;
}

// An entry of regions.json.
std::optional<api::RegionAddress> read_address(const item::Value& entry) {
    const auto* map = entry.as<item::Map>();
    const auto field = [map](const char* name) -> const item::Value* {
        return map == nullptr ? nullptr : item::find(*map, name);
    };
    const auto text = [&field](const char* name) {
        const auto* value = field(name);
        const auto* found = value == nullptr ? nullptr : value->as<std::string>();
        return found == nullptr ? std::string() : *found;
    };
    const auto* port = field("port");
    const auto* number = port == nullptr ? nullptr : port->as<item::Number>();
    api::RegionAddress address{
        .region = text("region"),
        .host = text("host"),
        .port = static_cast<std::uint16_t>(number == nullptr ? 0 : number->to_int64().value_or(0)),
        .tls = field("tls") != nullptr && *field("tls") == item::Value(true),
        .ca_file = text("caFile")};
    return address.region.empty() || address.host.empty() || address.port == 0
               ? std::nullopt
               : std::optional(std::move(address));
}

}  // namespace

Result<std::filesystem::path> data_folder(const std::filesystem::path& given) {
    auto folder = given;
    if (folder.empty()) {
        folder = environment("MERIDIAN_DATA");
    }
    if (folder.empty()) {
        const auto state = environment("XDG_STATE_HOME");
        folder = (state.empty() ? home() / ".local" / "state" : state) / "meridian";
    }
    std::error_code error;
    auto absolute = std::filesystem::absolute(folder, error);
    if (error) {
        return fail(ErrorCode::kIo,
                    fmt::format("data folder {}: {}", folder.string(), error.message()));
    }
    return absolute;
}

Result<void> make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    const bool created = std::filesystem::create_directories(folder, error);
    if (!error && created) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    }
    if (!error && std::filesystem::is_directory(folder, error)) {
        return {};
    }
    return fail(ErrorCode::kIo,
                fmt::format("cannot make the data folder {}: {}; name another one with --data",
                            folder.string(), error ? error.message() : "a file is in the way"));
}

Result<std::string> read_file(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
        return fail(ErrorCode::kIo, fmt::format("cannot read {}: it is a folder", file.string()));
    }
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream && !stream.eof()) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot read {}: {}", file.string(), reason(errno)));
    }
    return text;
}

Result<aws::Credentials> read_credentials(const std::filesystem::path& folder) {
    const auto file = folder / "credentials";
    const auto profiles = aws::read_credentials(file);
    if (!profiles) {
        return std::unexpected(profiles.error());
    }
    const auto found = profiles->find(kProfile);
    if (found == profiles->end()) {
        return fail(
            ErrorCode::kConfiguration,
            fmt::format(
                "{} has no profile [{}]: delete the file, and the next start makes a new one",
                file.string(), kProfile));
    }
    if (aws::is_readable_by_others(file).value_or(false)) {
        log(LogLevel::kWarn, "credentials", "{} is readable by others: chmod 600 it",
            file.string());
    }
    return found->second.credentials;
}

Result<aws::Credentials> ensure_credentials(const std::filesystem::path& folder) {
    const auto lock = FolderLock::wait(folder);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    std::error_code error;
    if (std::filesystem::exists(folder / "credentials", error)) {
        return read_credentials(folder);
    }
    SystemRandom random;
    auto credentials = aws::generate_credentials(random);
    if (auto written = aws::add_profile(folder / "credentials", kProfile,
                                        {.credentials = credentials, .role = {{"admin"}}});
        !written) {
        return std::unexpected(written.error());
    }
    return credentials;
}

Result<void> write_regions(const std::filesystem::path& folder,
                           const std::vector<api::RegionAddress>& regions) {
    item::List list;
    for (const auto& region : regions) {
        item::Map entry{{"region", region.region},
                        {"host", region.host},
                        {"port", item::Number(static_cast<std::int64_t>(region.port))},
                        {"tls", region.tls}};
        if (region.tls) {
            entry["caFile"] = region.ca_file;
        }
        list.emplace_back(std::move(entry));
    }
    const auto file = folder / "regions.json";
    const auto temporary = folder / "regions.json.new";
    std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
    stream << item::to_plain_json(list) << '\n';
    stream.close();
    if (!stream) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot write {}: {}", temporary.string(), reason(errno)));
    }
    std::error_code error;
    std::filesystem::rename(temporary, file, error);
    if (error) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot write {}: {}", file.string(), error.message()));
    }
    return {};
}

Result<std::vector<api::RegionAddress>> read_regions(const std::filesystem::path& folder) {
    const auto text = read_file(folder / "regions.json");
    const auto value = text ? item::parse_plain_json(*text) : Result<item::Value>(item::Value{});
    const auto* list = value ? value->as<item::List>() : nullptr;
    std::vector<api::RegionAddress> regions;
    for (const auto& entry : list == nullptr ? item::List{} : *list) {
        if (auto address = read_address(entry)) {
            regions.push_back(std::move(*address));
        }
    }
    if (regions.empty()) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("no regions run from {}: start them with `meridian up`, or name "
                                "another folder with --data",
                                folder.string()));
    }
    return regions;
}

Result<api::RegionAddress> find_region(const std::filesystem::path& folder,
                                       const std::string& region) {
    auto regions = read_regions(folder);
    if (!regions) {
        return std::unexpected(regions.error());
    }
    for (auto& candidate : *regions) {
        if (region.empty() || candidate.region == region) {
            return std::move(candidate);
        }
    }
    return fail(ErrorCode::kInvalidInput,
                fmt::format("region {} is not one of those that run here: {}", region,
                            joined_names(*regions)));
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
    const auto file = folder / "lock";
    const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot open {}: {}", file.string(), reason(errno)));
    }
    FolderLock lock(fd);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        char holder[32] = {};
        const auto length = pread(fd, holder, sizeof holder - 1, 0);
        return fail(ErrorCode::kLocked,
                    fmt::format("the data folder {} is in use by another `meridian up` (process "
                                "{}): stop that one, or "
                                "name another folder with --data",
                                folder.string(), length > 0 ? holder : "unknown"));
    }
    const auto pid = std::to_string(getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot write {}: {}", file.string(), reason(errno)));
    }
    return lock;
}

Result<FolderLock> FolderLock::wait(const std::filesystem::path& folder) {
    const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot open {}: {}", folder.string(), reason(errno)));
    }
    FolderLock lock(fd);
    while (flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return fail(ErrorCode::kIo,
                        fmt::format("cannot lock {}: {}", folder.string(), reason(errno)));
        }
    }
    return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

}  // namespace meridian::app
