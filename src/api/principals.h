// Who may ask: the profiles of a credentials file, each with a role.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "base/clock.h"
#include "base/result.h"
#include "management/caller.h"

namespace meridian::api {

struct Principal {
    std::string name;  // of the profile
    aws::Credentials credentials;
    management::Role role = management::Role::kViewer;
};

// The profile that a region makes for its owner, and asks other regions with.
inline constexpr std::string_view kOwnProfile = "meridian";

// Role: finds callers by their access key. A profile's `meridian_role` is its role; without one
// `meridian` is an admin, and any other a viewer, which is warned about once.
//
// The file is read again when it has changed, which a look-up notices within a second: a new
// profile works from then on, and one that was removed no longer does. A file that is gone,
// malformed or without any profile leaves the principals as they were, and is logged once.
//
// Threads: any; a look-up doesn't wait for others.
class Principals {
  public:
    // Errors: kConfiguration, "FILE:LINE: …": malformed, an unknown role, two profiles with one
    // access key; no profile; kIo. `clock` must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<Principals>> open(std::filesystem::path file,
                                                                  const Clock& clock);

    // Null: nobody has that key.
    [[nodiscard]] std::shared_ptr<const Principal> find(std::string_view access_key_id);
    // Null: there is no such profile.
    [[nodiscard]] std::shared_ptr<const Principal> named(std::string_view profile);

    // Reads the file now, changed or not.
    void reload();

  private:
    // By access key. Never changed once it is made.
    using Table = std::map<std::string, std::shared_ptr<const Principal>, std::less<>>;
    // By what a changed file is told from the one that was read; all 0: there is no file.
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t changed_ns = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };

    Principals(std::filesystem::path file, const Clock& clock);
    [[nodiscard]] static Stamp stamp_of(const std::filesystem::path& file);
    [[nodiscard]] static Result<Table> table_of(const aws::Profiles& profiles,
                                                std::string_view file_name);
    [[nodiscard]] Result<void> read();
    void warn_of_profiles_without_role(const aws::Profiles& profiles);
    void look_for_changes();
    void read_again();

    const std::filesystem::path file_;
    const Clock& clock_;
    std::atomic<std::shared_ptr<const Table>> table_;
    std::atomic<std::chrono::nanoseconds> next_look_;

    std::mutex mutex_;  // of reading, and of what follows
    Stamp stamp_;       // of the file as it was when it was read last
    std::set<std::string, std::less<>> warned_;
};

}  // namespace meridian::api
