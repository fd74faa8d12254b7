#include "api/principals.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace meridian::api {
namespace {

constexpr std::chrono::seconds kLookEvery{1};

Result<management::Role> role_of(std::string_view name, const aws::Profile& profile,
                                 std::string_view file_name) {
    if (!profile.role) {
        return name == kOwnProfile ? management::Role::kAdmin : management::Role::kViewer;
    }
    if (const auto role = management::parse_role(profile.role->value)) {
        return *role;
    }
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}:{}: the meridian_role of '{}' must be viewer, editor, operator or "
                            "admin",
                            file_name, profile.role->line, name));
}

}  // namespace

Principals::Principals(std::filesystem::path file, const Clock& clock)
    : file_(std::move(file)), clock_(clock), next_look_(clock.monotonic() + kLookEvery) {}

Result<std::unique_ptr<Principals>> Principals::open(std::filesystem::path file,
                                                     const Clock& clock) {
    std::unique_ptr<Principals> principals(new Principals(std::move(file), clock));
    if (const auto read = principals->read(); !read) {
        return std::unexpected(read.error());
    }
    return principals;
}

std::shared_ptr<const Principal> Principals::find(std::string_view access_key_id) {
    look_for_changes();
    const auto table = table_.load();
    const auto found = table->find(access_key_id);
    return found == table->end() ? nullptr : found->second;
}

std::shared_ptr<const Principal> Principals::named(std::string_view profile) {
    look_for_changes();
    const auto table = table_.load();
    const auto found = std::ranges::find_if(
        *table, [&](const auto& entry) { return entry.second->name == profile; });
    return found == table->end() ? nullptr : found->second;
}

void Principals::reload() {
    const std::lock_guard lock(mutex_);
    read_again();
}

// One thread looks, at most once a second; the others go by what is known.
void Principals::look_for_changes() {
    const auto now = clock_.monotonic();
    auto due = next_look_.load(std::memory_order_relaxed);
    if (now < due || !next_look_.compare_exchange_strong(due, now + kLookEvery)) {
        return;
    }
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (lock && stamp_of(file_) != stamp_) {
        read_again();
    }
}

void Principals::read_again() {
    if (const auto done = read(); !done) {
        log(LogLevel::kError, "credentials", "{}; who was known before stays so",
            done.error().message);
    } else {
        log(LogLevel::kInfo, "credentials", "{} was read again; profiles: {}", file_.string(),
            table_.load()->size());
    }
}

// The stamp is taken first: what is written while the file is read has another one.
Result<void> Principals::read() {
    stamp_ = stamp_of(file_);
    const auto profiles = aws::read_credentials(file_);
    auto table = profiles ? table_of(*profiles, file_.string())
                          : Result<Table>(std::unexpected(profiles.error()));
    if (!table) {
        return std::unexpected(table.error());
    }
    warn_of_profiles_without_role(*profiles);
    table_ = std::make_shared<const Table>(std::move(*table));
    return {};
}

Result<Principals::Table> Principals::table_of(const aws::Profiles& profiles,
                                               std::string_view file_name) {
    Table table;
    for (const auto& [name, profile] : profiles) {
        const auto role = role_of(name, profile, file_name);
        if (!role) {
            return std::unexpected(role.error());
        }
        const auto [place, is_new] = table.emplace(
            profile.credentials.access_key_id,
            std::make_shared<const Principal>(Principal{name, profile.credentials, *role}));
        if (!is_new) {
            return fail(
                ErrorCode::kConfiguration,
                fmt::format("{}:{}: the profile '{}' has the access key of '{}'; each needs "
                            "its own",
                            file_name, profile.line, name, place->second->name));
        }
    }
    if (table.empty()) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} has no profile with keys: nobody could ask", file_name));
    }
    return table;
}

void Principals::warn_of_profiles_without_role(const aws::Profiles& profiles) {
    for (const auto& [name, profile] : profiles) {
        if (!profile.role && name != kOwnProfile && warned_.insert(name).second) {
            log(LogLevel::kWarn, "credentials",
                "{}:{}: the profile '{}' has no meridian_role and may only read; set viewer, "
                "editor, operator or admin",
                file_.string(), profile.line, name);
        }
    }
}

Principals::Stamp Principals::stamp_of(const std::filesystem::path& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) {
        return {};
    }
    constexpr std::int64_t kNanosecondsASecond = 1'000'000'000;
    return {status.st_dev, status.st_ino, status.st_size,
            status.st_ctim.tv_sec * kNanosecondsASecond + status.st_ctim.tv_nsec};
}

}  // namespace meridian::api
